#!/bin/sh
# Step 6 of docs/operations.md, after `azd deploy`: the function delivery_reports exists now, so that
# Event Grid can be pointed at it. Later `azd provision`s keep it.
set -eu

here=$(dirname "$0")
. "$here/azure.sh"

if [ "${DELIVERY_REPORTS:-false}" = true ]; then
    exit 0
fi

# The platform lists the functions of a new package some time after it has taken it.
app=$(output identity functionAppName)
tries=30
until az functionapp function show --only-show-errors --output none \
    --subscription "$AZURE_SUBSCRIPTION_ID" --resource-group "$AZURE_RESOURCE_GROUP" \
    --name "$app" --function-name delivery_reports 2>/dev/null; do
    tries=$((tries - 1))
    if [ "$tries" -eq 0 ]; then
        echo "$app has no function delivery_reports: its log says why. Then: azd deploy" >&2
        exit 1
    fi
    sleep "${PAUSE:-10}"
done

DELIVERY_REPORTS=true
export DELIVERY_REPORTS
group create --output none --name main --parameters "$here/../main.bicepparam"
azd env set DELIVERY_REPORTS true

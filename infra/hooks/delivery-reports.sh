#!/bin/sh
# Step 6 of docs/operations.md, after `azd deploy`: the function delivery_reports exists now, so that
# Event Grid can be pointed at it. Later `azd provision`s keep it.
set -eu

if [ "${DELIVERY_REPORTS:-false}" = true ]; then
    exit 0
fi
DELIVERY_REPORTS=true
export DELIVERY_REPORTS
az deployment group create --only-show-errors --output none \
    --resource-group "$AZURE_RESOURCE_GROUP" --name main --parameters "$(dirname "$0")/../main.bicepparam"
azd env set DELIVERY_REPORTS true

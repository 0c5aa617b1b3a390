# What the hooks share: read by them, not run. Every command names its subscription, since the one
# that az stands in need not be azd's.

: "${AZURE_SUBSCRIPTION_ID:?azd env set AZURE_SUBSCRIPTION_ID <id of the subscription>}"
: "${AZURE_RESOURCE_GROUP:?azd env set AZURE_RESOURCE_GROUP <a resource group that exists>}"

group() { # create or show, and its arguments
    verb=$1
    shift
    az deployment group "$verb" --only-show-errors --subscription "$AZURE_SUBSCRIPTION_ID" \
        --resource-group "$AZURE_RESOURCE_GROUP" "$@"
}

output() { # deployment, output; ends the hook where there is none
    value=$(group show --name "$1" --output tsv --query "properties.outputs.$2.value")
    if [ -z "$value" ]; then
        echo "The deployment $1 has no output $2." >&2
        exit 1
    fi
    echo "$value"
}

#!/bin/sh
# Steps 1 to 3 of docs/operations.md, before `azd provision`: mail domain, identity, directory.
# Needs AZURE_RESOURCE_GROUP, and a signed-in az that may administer the directory. Safe to repeat.
set -eu

: "${AZURE_RESOURCE_GROUP:?azd env set AZURE_RESOURCE_GROUP <a resource group that exists>}"
MAIL_DOMAIN=${MAIL_DOMAIN:-notifications.wmda.info}
PORTAL_URL=${PORTAL_URL:-}
ALLOWED_CLIENT_IDS=${ALLOWED_CLIENT_IDS:-[]}
PORTAL_CLIENT_ID=${PORTAL_CLIENT_ID:-}
here=$(dirname "$0")/..

deploy() { # name, parameters
    name=$1
    shift
    az deployment group create --only-show-errors --output none \
        --resource-group "$AZURE_RESOURCE_GROUP" --name "$name" \
        --template-file "$here/$name.bicep" --parameters "$@"
}

output() { # deployment, output
    az deployment group show --only-show-errors --output tsv \
        --resource-group "$AZURE_RESOURCE_GROUP" --name "$1" --query "properties.outputs.$2.value"
}

echo "Mail domain $MAIL_DOMAIN"
deploy mail-domain mailDomain="$MAIL_DOMAIN"
if [ "$MAIL_DOMAIN" != AzureManagedDomain ]; then
    states=$(az resource show --only-show-errors --output tsv --ids "$(output mail-domain domainId)" \
        --api-version 2025-09-01 \
        --query "properties.verificationStates.[Domain.status, SPF.status, DKIM.status, DKIM2.status]")
    for state in $states; do
        if [ "$state" != Verified ]; then
            echo "The mail domain is not verified yet. Put these records into its DNS, then verify it" >&2
            echo "(docs/operations.md, Mail domain), and start again:" >&2
            az deployment group show --only-show-errors --output jsonc --name mail-domain \
                --resource-group "$AZURE_RESOURCE_GROUP" --query properties.outputs.dnsRecords.value >&2
            exit 1
        fi
    done
fi

echo 'Identity'
deploy identity portalUrl="$PORTAL_URL"
page=$(output identity pageUrl)
principal=$(output identity identityPrincipalId)

directory() { # client id, or nothing while it is not known
    deploy directory identityPrincipalId="$principal" portalUrl="$page" \
        allowedClientIds="$ALLOWED_CLIENT_IDS" portalClientId="$1"
}

echo 'Directory'
directory "$PORTAL_CLIENT_ID"
if [ -z "$PORTAL_CLIENT_ID" ]; then
    # The registration is named after its own client id, which is known only now.
    PORTAL_CLIENT_ID=$(output directory clientId)
    directory "$PORTAL_CLIENT_ID"
fi

azd env set PORTAL_CLIENT_ID "$PORTAL_CLIENT_ID"
azd env set PORTAL_SERVICE_PRINCIPAL_ID "$(output directory servicePrincipalId)"
azd env set IDENTITY_PRINCIPAL_ID "$principal"

#!/bin/sh
# Steps 1 and 2 of docs/operations.md, before `azd provision`: mail domain, identity, directory.
# Needs a signed-in az that may administer the directory. Safe to repeat.
set -eu

here=$(dirname "$0")
. "$here/azure.sh"

MAIL_DOMAIN=${MAIL_DOMAIN:-notifications.wmda.info}
PORTAL_HOST=${PORTAL_HOST:-}
ALLOWED_CLIENT_IDS=${ALLOWED_CLIENT_IDS:-[]}
PORTAL_CLIENT_ID=${PORTAL_CLIENT_ID:-}

deploy() { # name, parameters
    name=$1
    shift
    group create --output none --name "$name" --template-file "$here/../$name.bicep" --parameters "$@"
}

echo "Mail domain $MAIL_DOMAIN"
deploy mail-domain mailDomain="$MAIL_DOMAIN"
if [ "$MAIL_DOMAIN" != AzureManagedDomain ]; then
    domain=$(output mail-domain domainId)
    states=$(az resource show --only-show-errors --output tsv --ids "$domain" \
        --api-version 2025-09-01 \
        --query "properties.verificationStates.[Domain.status, SPF.status, DKIM.status, DKIM2.status]")
    verified=0
    for state in $states; do
        if [ "$state" = Verified ]; then
            verified=$((verified + 1))
        fi
    done
    # Counted, since a state that is missing is no proof either.
    if [ "$verified" -ne 4 ]; then
        echo "The mail domain is not verified yet. Put these records into its DNS, then verify it" >&2
        echo "(docs/operations.md, Mail domain), and start again:" >&2
        group show --name mail-domain --output jsonc --query properties.outputs.dnsRecords.value >&2
        exit 1
    fi
fi

echo 'Identity'
deploy identity portalHost="$PORTAL_HOST"
page=$(output identity pageUrl)
principal=$(output identity identityPrincipalId)

directory() { # client id, or nothing while it is not known
    deploy directory identityPrincipalId="$principal" portalUrl="$page" \
        allowedClientIds="$ALLOWED_CLIENT_IDS" portalClientId="$1"
}

echo 'Directory'
if [ -z "$PORTAL_CLIENT_ID" ]; then
    # An azd that has not set it up itself: without its name the registration would lose it for a while.
    PORTAL_CLIENT_ID=$(output directory clientId 2>/dev/null) || true
fi
directory "$PORTAL_CLIENT_ID"
if [ -z "$PORTAL_CLIENT_ID" ]; then
    # The registration is named after its own client id, which is known only now.
    PORTAL_CLIENT_ID=$(output directory clientId)
    directory "$PORTAL_CLIENT_ID"
fi
portal=$(output directory servicePrincipalId)

azd env set PORTAL_CLIENT_ID "$PORTAL_CLIENT_ID"
azd env set PORTAL_SERVICE_PRINCIPAL_ID "$portal"
azd env set IDENTITY_PRINCIPAL_ID "$principal"

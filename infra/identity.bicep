// The portal's identity, and the names that the directory has to know before anything else exists.
// Deployed alone first; main.bicep deploys it again with everything else, which changes nothing.
//
// Types: Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31,
// https://learn.microsoft.com/azure/templates/microsoft.managedidentity/userassignedidentities
targetScope = 'resourceGroup'

@description('Where everything that has a region lives.')
param location string = resourceGroup().location

@description('Host name of the page, such as secrets.example.org, if it is not the function app\'s own.')
param portalHost string = ''

@description('Tags of every resource.')
param tags object = {}

var suffix = uniqueString(resourceGroup().id)
var appName = 'func-client-secrets-${suffix}'
var host = empty(portalHost) ? '${appName}.azurewebsites.net' : portalHost

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-client-secrets-${suffix}'
  location: location
  tags: tags
}

@description('Object id of the identity: the owner that makes a partner application managed.')
output identityPrincipalId string = identity.properties.principalId

@description('Client id of the identity, by which the function app signs in.')
output identityClientId string = identity.properties.clientId

@description('Resource id of the identity.')
output identityId string = identity.id

@description('Name of the function app to be.')
output functionAppName string = appName

@description('Address of the page: where Entra sends people back to, and mails point.')
output pageUrl string = 'https://${host}/manage-clients'

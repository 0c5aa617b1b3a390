// The mail service, for identities alone: the domain is linked to it once it is verified.
//
// Types: Microsoft.Communication/communicationServices@2025-09-01,
// https://learn.microsoft.com/azure/templates/microsoft.communication/communicationservices
// https://github.com/Azure/bicep-types-az (generated/communication/microsoft.communication/2025-09-01)
// Microsoft.Insights/diagnosticSettings@2021-05-01-preview,
// https://learn.microsoft.com/azure/templates/microsoft.insights/diagnosticsettings
targetScope = 'resourceGroup'

@description('Resource id of the verified domain that mails come from.')
param domainId string

@description('Where the service stores its data at rest: the same as the domain\'s.')
param dataLocation string

@description('Workspace that sending is logged to.')
param workspaceId string

@description('Tags of every resource.')
param tags object

resource service 'Microsoft.Communication/communicationServices@2025-09-01' = {
  name: 'acs-client-secrets-${uniqueString(resourceGroup().id)}'
  location: 'global'
  tags: tags
  properties: {
    dataLocation: dataLocation
    disableLocalAuth: true
    linkedDomains: [
      domainId
    ]
  }
}

// Not EmailStatusUpdateOperational: it names the recipients, and the log is free of addresses.
resource sending 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'sending'
  scope: service
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'EmailSendMailOperational'
        enabled: true
      }
    ]
  }
}

@description('Name of the service.')
output name string = service.name

@description('Resource id of the service, the source of delivery reports.')
output id string = service.id

@description('Root of its API.')
output endpoint string = 'https://${service.properties.hostName}'

// Every role assignment there is: what the portal's identity may do in Azure, each on one resource.
// What it may do in the directory is in directory.bicep.
//
// Types: Microsoft.Authorization/roleAssignments@2022-04-01,
// https://learn.microsoft.com/azure/templates/microsoft.authorization/roleassignments
// Ids: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
targetScope = 'resourceGroup'

@description('Object id of the portal\'s identity.')
param principalId string

@description('Account of the product\'s tables.')
param dataStorageName string

@description('Account of the host\'s own storage.')
param hostStorageName string

@description('Application Insights component.')
param insightsName string

@description('Mail service.')
param mailServiceName string

var storageTableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'
var communicationAndEmailServiceOwner = '09976791-48a7-449e-bb21-39d1a415f350'

resource dataStorage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: dataStorageName
}

resource hostStorage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: hostStorageName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource mailService 'Microsoft.Communication/communicationServices@2025-09-01' existing = {
  name: mailServiceName
}

// Reads and writes the ledger, the secrets' metadata and the audit, and makes a table that is missing.
resource tables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(dataStorage.id, principalId, storageTableDataContributor)
  scope: dataStorage
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageTableDataContributor)
  }
}

// The host keeps the timer's lock and its keys there, and fetches the package: it asks for the owner's role.
resource hostBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(hostStorage.id, principalId, storageBlobDataOwner)
  scope: hostStorage
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataOwner)
  }
}

// Telemetry: the component takes none by its connection string alone.
resource telemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, principalId, monitoringMetricsPublisher)
  scope: insights
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisher)
  }
}

// Sends mail, and asks what became of it.
resource mail 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(mailService.id, principalId, communicationAndEmailServiceOwner)
  scope: mailService
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', communicationAndEmailServiceOwner)
  }
}

// What the Functions host itself needs: the timer's lock, its keys, and the deployed package.
// The host uses blobs alone for that: no queue and no table is offered to it.
//
// Types: Microsoft.Storage/storageAccounts@2024-01-01,
// https://learn.microsoft.com/azure/templates/microsoft.storage/storageaccounts
// Microsoft.Insights/diagnosticSettings@2021-05-01-preview,
// https://learn.microsoft.com/azure/templates/microsoft.insights/diagnosticsettings
targetScope = 'resourceGroup'

@description('Region of the account.')
param location string

@description('Workspace that changes to the package are logged to.')
param workspaceId string

@description('Tags of every resource.')
param tags object

var containerName = 'package'

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  // checkov:skip=CKV_AZURE_43: the name is 4 letters and 13 of uniqueString, which the rule cannot compute
  // checkov:skip=CKV_AZURE_35: without a virtual network the function app has no fixed address; identities alone get in
  // checkov:skip=CKV_AZURE_59: the same
  // checkov:skip=CKV_AZURE_206: holds nothing that the next deployment does not bring again
  name: 'host${uniqueString(resourceGroup().id)}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  properties: {
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: 'Allow'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: 14
    }
  }
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = {
  parent: blobs
  name: containerName
  properties: {
    publicAccess: 'None'
  }
}

resource changes 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'changes'
  scope: blobs
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'StorageWrite'
        enabled: true
      }
      {
        category: 'StorageDelete'
        enabled: true
      }
    ]
  }
}

@description('Name of the account.')
output name string = account.name

@description('Container that holds the deployed package.')
output packageContainer string = container.name

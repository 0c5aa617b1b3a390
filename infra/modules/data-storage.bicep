// The product's tables, apart from the host's storage, locked against deletion.
//
// Types: Microsoft.Storage/storageAccounts and /tableServices/tables@2024-01-01,
// https://learn.microsoft.com/azure/templates/microsoft.storage/storageaccounts
// Microsoft.Authorization/locks@2020-05-01,
// https://learn.microsoft.com/azure/templates/microsoft.authorization/locks
// Microsoft.Insights/diagnosticSettings@2021-05-01-preview,
// https://learn.microsoft.com/azure/templates/microsoft.insights/diagnosticsettings
targetScope = 'resourceGroup'

@description('Region of the account.')
param location string

@description('How often the tables are kept: ZRS in three places of a region, GRS and GZRS in a second region too.')
@allowed([
  'Standard_ZRS'
  'Standard_GRS'
  'Standard_GZRS'
])
param redundancy string

@description('Workspace that every access is logged to.')
param workspaceId string

@description('Tags of every resource.')
param tags object

var tables = [
  'audit'
  'reminders'
  'secrets'
]

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  // checkov:skip=CKV_AZURE_43: the name is 4 letters and 13 of uniqueString, which the rule cannot compute
  // checkov:skip=CKV_AZURE_35: without a virtual network the function app has no fixed address; identities alone get in
  // checkov:skip=CKV_AZURE_59: the same
  // checkov:skip=CKV_AZURE_206: the parameter allows redundant kinds alone
  name: 'data${uniqueString(resourceGroup().id)}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: redundancy
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

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2024-01-01' = {
  parent: account
  name: 'default'
}

resource table 'Microsoft.Storage/storageAccounts/tableServices/tables@2024-01-01' = [for each in tables: {
  parent: tableService
  name: each
}]

resource lock 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'keep'
  scope: account
  properties: {
    level: 'CanNotDelete'
    notes: 'Without these tables nobody knows what was mailed, and by whom a secret was made.'
  }
}

resource access 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'access'
  scope: tableService
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'StorageRead'
        enabled: true
      }
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

@description('Root of the tables, without a slash at the end as the portal wants it.')
output tablesEndpoint string = 'https://${account.name}.table.${environment().suffixes.storage}'

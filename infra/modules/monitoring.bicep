// Log Analytics, and Application Insights that takes telemetry from Entra identities alone.
//
// Types: Microsoft.OperationalInsights/workspaces@2023-09-01,
// https://learn.microsoft.com/azure/templates/microsoft.operationalinsights/workspaces
// Microsoft.Insights/components@2020-02-02,
// https://learn.microsoft.com/azure/templates/microsoft.insights/components
targetScope = 'resourceGroup'

@description('Region of the workspace.')
param location string

@description('Days for which the log is kept: as long as the audit is meant to be provable.')
@minValue(30)
@maxValue(730)
param logDays int

@description('Tags of every resource.')
param tags object

var suffix = uniqueString(resourceGroup().id)

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'log-client-secrets-${suffix}'
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: logDays
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-client-secrets-${suffix}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
  }
}

@description('Resource id of the workspace, for diagnostic settings and the alarms.')
output workspaceId string = workspace.id

@description('Name of the Application Insights component.')
output insightsName string = insights.name

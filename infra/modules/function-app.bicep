// The function app on Flex Consumption. It signs in everywhere by the portal's identity.
//
// Types: Microsoft.Web/serverfarms, /sites, /sites/config@2024-04-01,
// https://learn.microsoft.com/azure/templates/microsoft.web/sites
// Flex Consumption's properties, and which settings it does without:
// https://github.com/Azure-Samples/azure-functions-flex-consumption-samples (IaC/bicep),
// https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan
//
// No diagnostic settings: that page says that Flex Consumption takes none. The host and the worker log
// to Application Insights.
targetScope = 'resourceGroup'

@description('Region of the app.')
param location string

@description('Name of the app.')
param name string

@description('Resource id of the identity that the app runs as.')
param identityId string

@description('Client id of that identity.')
param identityClientId string

@description('Account of the host\'s own storage.')
param hostStorageName string

@description('Container that holds the deployed package.')
param packageContainer string

@description('Application Insights component that telemetry goes to.')
param insightsName string

@description('Python of the worker.')
param pythonVersion string

@description('Memory of an instance.')
param instanceMemoryMB int

@description('Instances at most.')
param maximumInstanceCount int

@description('Requests that one instance takes at a time.')
param requestsPerInstance int

@description('Instances that are never let go, so that a first request need not wait; 0: none, and no cost.')
param alwaysReadyInstances int

@description('Origins beside the page\'s own whose pages may call the API.')
param allowedOrigins array

@description('The product\'s settings by name.')
param settings object

@description('Tags of every resource.')
param tags object

resource hostStorage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: hostStorageName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

var platformSettings = {
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsStorage__blobServiceUri: hostStorage.properties.primaryEndpoints.blob
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD;ClientId=${identityClientId}'
  // The exporter would report on itself to Microsoft, and ask there what to do.
  APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL: 'true'
  APPLICATIONINSIGHTS_SDKSTATS_DISABLED: 'true'
  APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED: 'true'
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  // checkov:skip=CKV_AZURE_225: an outage of a zone delays a request and a reminder by minutes; nothing is lost
  name: 'plan-client-secrets-${uniqueString(resourceGroup().id)}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    tier: 'FlexConsumption'
    name: 'FC1'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  // checkov:skip=CKV_AZURE_222: the page and the API are for partners anywhere
  // checkov:skip=CKV_AZURE_17: callers show bearer tokens, which the product judges itself
  // checkov:skip=CKV_AZURE_212: Flex Consumption has no fixed number of instances
  // checkov:skip=CKV_AZURE_213: Flex Consumption knows no health check; the alarms ask the log
  name: name
  location: location
  // azd finds the app to publish to by this tag.
  tags: union(tags, { 'azd-service-name': 'portal' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      cors: {
        allowedOrigins: allowedOrigins
        supportCredentials: false
      }
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${hostStorage.properties.primaryEndpoints.blob}${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'python'
        version: pythonVersion
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyInstances > 0 ? [
          {
            name: 'http'
            instanceCount: alwaysReadyInstances
          }
        ] : []
        // Python's own default is one request at a time.
        triggers: {
          http: {
            perInstanceConcurrency: requestsPerInstance
          }
        }
      }
    }
  }
}

resource appSettings 'Microsoft.Web/sites/config@2024-04-01' = {
  // The rules below read every sites/config as if it were 'web'; this one holds settings by name.
  // checkov:skip=CKV_AZURE_222: no property of appsettings
  // checkov:skip=CKV_AZURE_13: no property of appsettings; callers show bearer tokens, judged by the product
  // checkov:skip=CKV_AZURE_63: no property of appsettings
  // checkov:skip=CKV_AZURE_65: no property of appsettings
  // checkov:skip=CKV_AZURE_66: no property of appsettings
  // checkov:skip=CKV_AZURE_80: no property of appsettings, and no .NET
  // checkov:skip=CKV_AZURE_88: no property of appsettings, and no file share
  parent: app
  name: 'appsettings'
  properties: union(platformSettings, settings)
}

// One after the other: the platform refuses a change of an app while another is under way.
resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'ftp'
  dependsOn: [
    appSettings
  ]
  properties: {
    allow: false
  }
}

resource noPublishingPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'scm'
  dependsOn: [
    noFtpPassword
  ]
  properties: {
    allow: false
  }
}

@description('Resource id of the app, which delivery reports are brought to.')
output id string = app.id

@description('Name of the app, to publish to.')
output appName string = app.name

// The portal in one resource group. docs/operations.md has the order: identity.bicep, directory.bicep,
// this without delivery reports, the code, and this again with them.
//
// What is deployed, and its types: each module names its source.
targetScope = 'resourceGroup'

// Where and how much

@description('Region of everything that has one.')
param location string = resourceGroup().location

@description('Tags of every resource.')
param tags object = {}

@description('Python of the worker: one on which the whole suite has been run.')
@allowed([
  '3.11'
  '3.12'
  '3.13'
])
param pythonVersion string = '3.12'

@description('Memory of an instance, in MB.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int = 2048

@description('Instances at most: what an attack may cost.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Requests that one instance takes at a time; host.json queues some more.')
@minValue(1)
@maxValue(64)
param requestsPerInstance int = 16

@description('Instances that are never let go, so that a first request need not wait; 0: none, and no cost.')
@minValue(0)
param alwaysReadyInstances int = 0

@description('How often the tables are kept: ZRS in three places of a region, GRS and GZRS in a second region too.')
@allowed([
  'Standard_ZRS'
  'Standard_GRS'
  'Standard_GZRS'
])
param dataRedundancy string = 'Standard_ZRS'

// The directory, as directory.bicep made it

@description('Client id of the portal\'s app registration.')
@minLength(36)
@maxLength(36)
param portalClientId string

@description('Object id of its service principal.')
@minLength(36)
@maxLength(36)
param portalServicePrincipalId string

@description('Client ids whose users\' tokens are accepted beside the page\'s own: the portal frontend\'s.')
param allowedClientIds array = []

@description('Id of the app role credential_management: the same as in directory.bicep.')
param credentialRoleId string = '5b8c2f0e-3d51-4c57-9d6a-8f1e2a7c4b90'

@description('Delegated scope of the API: the same as in directory.bicep.')
param requiredScope string = 'Credentials.Manage'

@description('Authentication context that every call with a role demands; empty: off, and then no token shows how its user signed in.')
param stepUpAuthContext string = 'c1'

// The page

@description('Host name of the page, if it is not the function app\'s own; the same as for identity.bicep.')
param portalHost string = ''

@description('Origins beside the page\'s own whose pages may call the API: the portal frontend\'s. Never *.')
param allowedOrigins array = []

@description('Name of the provider on page and in mails.')
param providerName string = 'WMDA'

@description('Where escalations go; shown to users.')
param supportEmail string

@description('Guide to the API\'s authentication, linked on page and in mails; empty: WMDA\'s.')
param apiAuthGuideUrl string = ''

@description('Guide to MFA, linked on the page; empty: WMDA\'s.')
param mfaGuideUrl string = ''

@description('JSON of the APIs that partners may reach, by resource app id; empty: WMDA\'s six.')
param resources string = ''

// Mails

@description('The verified domain that mails come from; see mail-domain.bicep.')
@minLength(4)
param mailDomain string

@description('Part of the sender\'s address before the @. Every domain has donotreply; another has to be added to it first, for which the mail service wants a raised quota.')
param senderUsername string = 'donotreply'

@description('Where the mail service stores its data at rest.')
param mailDataLocation string = 'Europe'

@description('send, or report: evaluate and log, send nothing. For the first days of a deployment.')
@allowed([
  'send'
  'report'
])
param reminderMode string = 'send'

@description('NCRONTAB of the timer, in UTC.')
param reminderSchedule string = '0 0 6-20 * * *'

@description('Tell the credential managers of every create and delete.')
param notifyChanges bool = true

@description('Take delivery reports. Only after the code has been published: Event Grid looks for the function.')
param deliveryReports bool = false

// Keeping

@description('Days for which audit rows are kept.')
@minValue(1)
@maxValue(36500)
param auditDays int = 730

@description('Days for which the log is kept: as long as the audit is meant to be provable.')
@minValue(30)
@maxValue(730)
param logDays int = 730

@description('Mail addresses that alarms go to: people who look at them on the same day.')
@minLength(1)
param alarmAddresses array

module identity 'identity.bicep' = {
  name: 'identity'
  params: {
    location: location
    portalHost: portalHost
    tags: tags
  }
}

module domain 'mail-domain.bicep' = {
  name: 'mail-domain'
  params: {
    mailDomain: mailDomain
    dataLocation: mailDataLocation
    senderUsername: senderUsername
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    location: location
    logDays: logDays
    tags: tags
  }
}

module hostStorage 'modules/host-storage.bicep' = {
  name: 'host-storage'
  params: {
    location: location
    workspaceId: monitoring.outputs.workspaceId
    tags: tags
  }
}

module dataStorage 'modules/data-storage.bicep' = {
  name: 'data-storage'
  params: {
    location: location
    redundancy: dataRedundancy
    workspaceId: monitoring.outputs.workspaceId
    tags: tags
  }
}

module mail 'modules/mail.bicep' = {
  name: 'mail'
  params: {
    domainId: domain.outputs.domainId
    dataLocation: mailDataLocation
    workspaceId: monitoring.outputs.workspaceId
    tags: tags
  }
}

module roles 'modules/roles.bicep' = {
  name: 'roles'
  params: {
    principalId: identity.outputs.identityPrincipalId
    dataStorageName: dataStorage.outputs.name
    hostStorageName: hostStorage.outputs.name
    insightsName: monitoring.outputs.insightsName
    mailServiceName: mail.outputs.name
  }
}

module app 'modules/function-app.bicep' = {
  name: 'function-app'
  // The app fetches its package by these roles from its first second on.
  dependsOn: [
    roles
  ]
  params: {
    location: location
    name: identity.outputs.functionAppName
    identityId: identity.outputs.identityId
    identityClientId: identity.outputs.identityClientId
    hostStorageName: hostStorage.outputs.name
    packageContainer: hostStorage.outputs.packageContainer
    insightsName: monitoring.outputs.insightsName
    pythonVersion: pythonVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    requestsPerInstance: requestsPerInstance
    alwaysReadyInstances: alwaysReadyInstances
    allowedOrigins: allowedOrigins
    tags: tags
    // docs/settings.md. The two connection strings are not among them: nothing here signs in by a key.
    settings: {
      TABLES_ENDPOINT: dataStorage.outputs.tablesEndpoint
      EMAIL_ENDPOINT: mail.outputs.endpoint
      EMAIL_SENDER: domain.outputs.senderAddress
      GRAPH_BASE_URL: 'https://graph.microsoft.com/v1.0'
      GRAPH_CREDENTIAL: 'managed-identity'
      AZURE_CLIENT_ID: identity.outputs.identityClientId
      TENANT_ID: tenant().tenantId
      PORTAL_CLIENT_ID: portalClientId
      PORTAL_SERVICE_PRINCIPAL_ID: portalServicePrincipalId
      TOKEN_AUTHORITY: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
      ALLOWED_CLIENT_IDS: join(union([ portalClientId ], allowedClientIds), ',')
      CREDENTIAL_ROLE_ID: credentialRoleId
      IDENTITY_PRINCIPAL_ID: identity.outputs.identityPrincipalId
      REQUIRED_SCOPE: requiredScope
      STEP_UP_AUTH_CONTEXT: stepUpAuthContext
      API_AUTH_GUIDE_URL: apiAuthGuideUrl
      MFA_GUIDE_URL: mfaGuideUrl
      REMINDER_MODE: reminderMode
      REMINDER_SCHEDULE: reminderSchedule
      AUDIT_DAYS: string(auditDays)
      PORTAL_URL: identity.outputs.pageUrl
      SUPPORT_EMAIL: supportEmail
      PROVIDER_NAME: providerName
      RESOURCES: resources
      NOTIFY_CHANGES: notifyChanges ? 'true' : 'false'
    }
  }
}

module alarms 'modules/alarms.bicep' = {
  name: 'alarms'
  params: {
    location: location
    workspaceId: monitoring.outputs.workspaceId
    alarmAddresses: alarmAddresses
    sends: reminderMode == 'send'
    tags: tags
  }
}

module reports 'modules/delivery-reports.bicep' = if (deliveryReports) {
  name: 'delivery-reports'
  params: {
    mailServiceId: mail.outputs.id
    functionAppId: app.outputs.id
    workspaceId: monitoring.outputs.workspaceId
    actionGroupId: alarms.outputs.actionGroupId
    tags: tags
  }
}

@description('Name of the function app, to publish to.')
output functionAppName string = app.outputs.appName

@description('Address of the page.')
output pageUrl string = identity.outputs.pageUrl

@description('The sender\'s address.')
output mailSender string = domain.outputs.senderAddress

@description('Account of the product\'s tables.')
output dataStorageName string = dataStorage.outputs.name

// One new partner application, ready for its credential managers: registration, service principal,
// the APIs it may call, the group, and the role for the group. Onboarding is one parameter file.
// For applications that exist already there is infra/adopt: deploying this would not find them.
//
// Types: Microsoft.Graph/applications, servicePrincipals, groups, appRoleAssignedTo@v1.0, extension
// 1.0.0, https://learn.microsoft.com/graph/templates/bicep/reference/applications and /groups
// https://github.com/microsoftgraph/msgraph-bicep-types (quickstart-templates, generated types v1.0/1.0.0)
targetScope = 'resourceGroup'

extension microsoftGraphV1

@description('Two letters of the organisation\'s country, ISO 3166.')
@minLength(2)
@maxLength(2)
param countryCode string

@description('Name of the organisation as it stands in its applications\' names: no space.')
@minLength(1)
@maxLength(80)
param organisation string

@description('DM: Data Manager; SMC: Search, Match and Connect.')
@allowed([
  'DM'
  'SMC'
])
param api string

@description('A dummy organisation for implementers, for the Match-Connect sandbox alone.')
param alternative bool = false

@description('The APIs it may call: objects of appId, the API\'s client id, and role, the value of the application permission.')
@minLength(1)
param resources array

@description('Object ids of the credential managers, two at least: partner users as guests. Later ones are added to the group by hand, where none is taken out by deploying this again.')
@minLength(1)
@maxLength(20)
param managers array

@description('Object id of the portal\'s identity: the owner that makes the application managed.')
@minLength(36)
@maxLength(36)
param identityPrincipalId string

@description('Object id of the portal\'s service principal.')
@minLength(36)
@maxLength(36)
param portalServicePrincipalId string

@description('Id of the app role credential_management: the same as in directory.bicep.')
param credentialRoleId string = '5b8c2f0e-3d51-4c57-9d6a-8f1e2a7c4b90'

var prefix = alternative ? 'PartnerAlternative' : 'Partner'
var country = toUpper(countryCode)
var name = '${prefix}-${country}-${organisation}-${api}'
// One group for an organisation's applications.
var groupName = 'Credential managers ${country}-${organisation}'
var groupKey = 'credential-managers-${toLower(country)}-${toLower(organisation)}'

resource managerGroup 'Microsoft.Graph/groups@v1.0' = {
  uniqueName: groupKey
  displayName: groupName
  description: 'May manage the client secrets of the organisation\'s API applications, and is reminded of them.'
  mailEnabled: false
  mailNickname: 'cm-${uniqueString(groupKey)}'
  securityEnabled: true
  members: {
    relationshipSemantics: 'append'
    relationships: managers
  }
}

resource managerRole 'Microsoft.Graph/appRoleAssignedTo@v1.0' = {
  principalId: managerGroup.id
  resourceId: portalServicePrincipalId
  appRoleId: credentialRoleId
}

resource apis 'Microsoft.Graph/servicePrincipals@v1.0' existing = [for each in resources: {
  appId: each.appId
}]

resource application 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: toLower(name)
  displayName: name
  signInAudience: 'AzureADMyOrg'
  tags: [
    'credential-managers:${managerGroup.id}'
  ]
  // Nobody else: an owner can add secrets past the portal, or delete the registration.
  owners: {
    relationshipSemantics: 'replace'
    relationships: [
      identityPrincipalId
    ]
  }
  requiredResourceAccess: [for (each, index) in resources: {
    resourceAppId: each.appId
    resourceAccess: [
      {
        id: filter(apis[index].appRoles, role => role.value == each.role)[0].id
        type: 'Role'
      }
    ]
  }]
}

resource principal 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: application.appId
}

resource grants 'Microsoft.Graph/appRoleAssignedTo@v1.0' = [for (each, index) in resources: {
  principalId: principal.id
  resourceId: apis[index].id
  appRoleId: filter(apis[index].appRoles, role => role.value == each.role)[0].id
}]

@description('Client id to tell the organisation: permanent.')
output clientId string = application.appId

@description('Name of the application.')
output applicationName string = name

@description('Object id of the group whose members are its credential managers.')
output groupId string = managerGroup.id

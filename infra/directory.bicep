// What the portal is in the directory: its app registration, its service principal, and what its
// identity may do there. Kept apart: it needs a directory administrator, and the Graph extension.
//
// Types: Microsoft.Graph/applications, servicePrincipals, appRoleAssignedTo@v1.0, extension 1.0.0,
// https://learn.microsoft.com/graph/templates/bicep/reference/applications
// https://github.com/microsoftgraph/msgraph-bicep-types (quickstart-templates, generated types v1.0/1.0.0)
// Permissions: https://learn.microsoft.com/graph/permissions-reference
targetScope = 'resourceGroup'

extension microsoftGraphV1

@description('Object id of the portal\'s identity, as identity.bicep gives it.')
@minLength(36)
@maxLength(36)
param identityPrincipalId string

@description('Public address of the page, as identity.bicep gives it: where Entra sends people back to.')
param portalUrl string

@description('Client id of this very registration, once it is known. An API is named after it, and a registration cannot name itself while it is made: the first deployment goes without, the second with it.')
param portalClientId string = ''

@description('Client ids that may ask for the scope without the user\'s consent: the portal frontend\'s.')
param allowedClientIds array = []

@description('Name that people see when they sign in.')
param displayName string = 'Manage API Credentials'

@description('Id of the app role credential_management: the setting CREDENTIAL_ROLE_ID.')
param credentialRoleId string = '5b8c2f0e-3d51-4c57-9d6a-8f1e2a7c4b90'

@description('Delegated scope of the API: the setting REQUIRED_SCOPE.')
param requiredScope string = 'Credentials.Manage'

var operationsRoleId = 'c7a0f6a4-6a0b-4f0e-8e53-3d7f4c1b9d26'
var scopeId = '2f4b1c86-9a7d-4e1b-b0c5-61d5a8e3f702'
var graphAppId = '00000003-0000-0000-c000-000000000000'

// The page asks for the scope of its own registration: nobody has to consent to that. Nobody is named
// by the first deployment: the scope that this refers to has to exist.
var preAuthorised = empty(portalClientId) ? [] : union([
  portalClientId
], allowedClientIds)

// Lists every application and changes owned ones; reads who is in a group, and how to reach them.
var graphPermissions = [
  'Application.ReadWrite.OwnedBy'
  'GroupMember.Read.All'
  'User.Read.All'
]

resource portal 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: 'client-secret-self-service'
  displayName: displayName
  signInAudience: 'AzureADMyOrg'
  identifierUris: empty(portalClientId) ? [] : [
    'api://${portalClientId}'
  ]
  // A token names the groups that are assigned to the role, and no others.
  groupMembershipClaims: 'ApplicationGroup'
  spa: {
    redirectUris: [
      portalUrl
    ]
  }
  api: {
    requestedAccessTokenVersion: 2
    oauth2PermissionScopes: [
      {
        id: scopeId
        value: requiredScope
        type: 'User'
        isEnabled: true
        adminConsentDisplayName: 'Manage client secrets'
        adminConsentDescription: 'List, create and delete client secrets of the applications that the user is credential manager for.'
        userConsentDisplayName: 'Manage your client secrets'
        userConsentDescription: 'List, create and delete client secrets of the applications that you are credential manager for.'
      }
    ]
    preAuthorizedApplications: [for clientId in preAuthorised: {
      appId: clientId
      delegatedPermissionIds: [
        scopeId
      ]
    }]
  }
  appRoles: [
    {
      id: credentialRoleId
      value: 'credential_management'
      displayName: 'credential manager'
      description: 'Manages the client secrets of the applications that name one of their groups. Assign it to groups, never to a user.'
      allowedMemberTypes: [
        'User'
      ]
      isEnabled: true
    }
    {
      id: operationsRoleId
      value: 'credential_operations'
      displayName: 'credential operations'
      description: 'Reads who is at risk, and what will be mailed. For operations.'
      allowedMemberTypes: [
        'User'
      ]
      isEnabled: true
    }
  ]
  optionalClaims: {
    accessToken: [
      {
        // The authentication contexts that a sign-in satisfied: the evidence of MFA in these tokens.
        name: 'acrs'
        essential: false
      }
      {
        // Says whether a client can answer a claims challenge.
        name: 'xms_cc'
        essential: false
      }
    ]
  }
}

resource portalPrincipal 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: portal.appId
  // Whoever has no role is told by the page whom to ask, not turned away by Entra.
  appRoleAssignmentRequired: false
}

resource graph 'Microsoft.Graph/servicePrincipals@v1.0' existing = {
  appId: graphAppId
}

resource grants 'Microsoft.Graph/appRoleAssignedTo@v1.0' = [for permission in graphPermissions: {
  principalId: identityPrincipalId
  resourceId: graph.id
  appRoleId: filter(graph.appRoles, role => role.value == permission)[0].id
}]

@description('Client id of the portal\'s registration: the setting PORTAL_CLIENT_ID.')
output clientId string = portal.appId

@description('Object id of its service principal: the setting PORTAL_SERVICE_PRINCIPAL_ID.')
output servicePrincipalId string = portalPrincipal.id

// An example: copy it, one file for each application, and keep it where the others are kept.
// The ids of people and of the portal are not secret, but they are yours alone.
using 'partner-application.bicep'

param countryCode = 'NL'
param organisation = 'OrganisationName'
param api = 'SMC'

param resources = [
  {
    appId: '5df05a6d-8ef0-49fe-9441-62cd9b540376' // Search and Match, production
    role: readEnvironmentVariable('SEARCH_AND_MATCH_ROLE')
  }
]

param managers = [
  readEnvironmentVariable('FIRST_MANAGER_ID')
  readEnvironmentVariable('SECOND_MANAGER_ID')
]

param identityPrincipalId = readEnvironmentVariable('IDENTITY_PRINCIPAL_ID')
param portalServicePrincipalId = readEnvironmentVariable('PORTAL_SERVICE_PRINCIPAL_ID')

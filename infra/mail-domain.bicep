// The mail domain. It is a prerequisite: a domain of one's own has to be proven by DNS records
// before mail can be sent from it. main.bicep deploys it again, which changes nothing.
//
// Types: Microsoft.Communication/emailServices and /domains@2025-09-01,
// https://learn.microsoft.com/azure/templates/microsoft.communication/emailservices/domains
// https://github.com/Azure/bicep-types-az (generated/communication/microsoft.communication/2025-09-01)
targetScope = 'resourceGroup'

@description('The domain that mails come from. AzureManagedDomain needs no DNS record, but may send 10 mails an hour: for a trial.')
@minLength(4)
param mailDomain string

@description('Where the mail service stores its data at rest.')
@allowed([
  'Europe'
  'UK'
  'Switzerland'
  'Germany'
  'France'
  'Norway'
  'United States'
  'Australia'
])
param dataLocation string = 'Europe'

@description('Part of the sender\'s address before the @. Every domain has donotreply; another has to be added to it first, for which the mail service wants a raised quota.')
@minLength(1)
param senderUsername string = 'donotreply'

@description('Tags of every resource.')
param tags object = {}

resource service 'Microsoft.Communication/emailServices@2025-09-01' = {
  name: 'mail-client-secrets-${uniqueString(resourceGroup().id)}'
  location: 'global'
  tags: tags
  properties: {
    dataLocation: dataLocation
  }
}

resource domain 'Microsoft.Communication/emailServices/domains@2025-09-01' = {
  parent: service
  name: mailDomain
  location: 'global'
  tags: tags
  properties: {
    domainManagement: mailDomain == 'AzureManagedDomain' ? 'AzureManaged' : 'CustomerManaged'
    userEngagementTracking: 'Disabled'
  }
}

@description('Resource id of the domain.')
output domainId string = domain.id

@description('Name of the mail service, for the commands that verify the domain.')
output emailServiceName string = service.name

@description('The sender\'s bare address.')
output senderAddress string = '${senderUsername}@${domain.properties.fromSenderDomain}'

@description('What has to stand in the domain\'s DNS before it can be verified.')
output dnsRecords object = mailDomain == 'AzureManagedDomain' ? {} : domain.properties.verificationRecords

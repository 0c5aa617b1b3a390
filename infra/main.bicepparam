// WMDA's deployment. What differs from one environment to the next comes from the environment of
// whoever deploys (azd keeps it, `azd env set`); docs/operations.md names each.
using 'main.bicep'

param portalClientId = readEnvironmentVariable('PORTAL_CLIENT_ID')
param portalServicePrincipalId = readEnvironmentVariable('PORTAL_SERVICE_PRINCIPAL_ID')
param portalHost = readEnvironmentVariable('PORTAL_HOST', '')

// The portal frontend: its registrations, and the origins of its pages.
param allowedClientIds = json(readEnvironmentVariable('ALLOWED_CLIENT_IDS', '[]'))
param allowedOrigins = json(readEnvironmentVariable('ALLOWED_ORIGINS', '[]'))

// Conditional Access demands MFA for this authentication context (docs/operations.md, step 3).
param stepUpAuthContext = 'c1'

param mailDomain = readEnvironmentVariable('MAIL_DOMAIN', 'notifications.wmda.info')
param supportEmail = 'support@wmda.info'
param alarmAddresses = json(readEnvironmentVariable('ALARM_ADDRESSES', '["support@wmda.info"]'))

param reminderMode = readEnvironmentVariable('REMINDER_MODE', 'send')
param deliveryReports = bool(readEnvironmentVariable('DELIVERY_REPORTS', 'false'))

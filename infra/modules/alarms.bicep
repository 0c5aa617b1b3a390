// What wakes somebody, and whom. Each rule asks the log for records that the product writes; the
// tests hold the words below against the code. What to do: docs/operations.md and docs/reminders.md.
//
// Types: Microsoft.Insights/actionGroups@2023-01-01,
// https://learn.microsoft.com/azure/templates/microsoft.insights/actiongroups
// Microsoft.Insights/scheduledQueryRules@2023-12-01,
// https://learn.microsoft.com/azure/templates/microsoft.insights/scheduledqueryrules
// Tables traces and requests: https://learn.microsoft.com/azure/azure-monitor/app/data-model-complete
targetScope = 'resourceGroup'

@description('Region of the rules.')
param location string

@description('Application Insights component whose log is asked.')
param insightsId string

@description('Mail addresses that alarms go to: people who look at them on the same day.')
@minLength(1)
param alarmAddresses array

@description('Tags of every resource.')
param tags object

// One rule: `query` returns a row where something is wrong; `dimension` makes one alert of each of
// its values; `range` is how far back the query looks, where that is more than the frequency.
var rules = [
  {
    name: 'alarm in the log'
    severity: 1
    frequency: 'PT15M'
    range: 'PT15M'
    dimension: 'alarm'
    description: 'The product says itself that somebody has to look: docs/reminders.md names each alarm.'
    query: '''
traces
| where message startswith '{"event": "alarm:'
| summarize records = count() by alarm = tostring(parse_json(message).event)
'''
  }
  {
    name: 'no evaluation for 26 hours'
    severity: 1
    frequency: 'PT1H'
    range: 'P2D'
    dimension: ''
    description: 'The timer does not fire, or every run fails: nobody is reminded.'
    query: '''
traces
| where timestamp > ago(26h)
| where message startswith '{"event": "reminders'
| summarize evaluations = count()
| where evaluations == 0
'''
  }
  {
    name: 'something is unsent for over 8 hours'
    severity: 2
    frequency: 'PT1H'
    range: 'P1D'
    dimension: ''
    description: 'A firing evaluates only while the day is not complete: more than eight did today.'
    query: '''
traces
| where timestamp > startofday(now())
| where message startswith '{"event": "reminders"'
| summarize firings = count()
| where firings > 8
'''
  }
  {
    name: 'runs keep failing'
    severity: 2
    frequency: 'PT1H'
    range: 'PT6H'
    dimension: 'record'
    description: 'Firings of the timer, or the taking of delivery reports, failed three times within six hours.'
    query: '''
traces
| where message startswith '{"event": "run failed"' or message startswith '{"event": "delivery report failed"'
| summarize records = count() by record = tostring(parse_json(message).event)
| where records > 2
'''
  }
  {
    name: 'mails that did not arrive'
    severity: 3
    frequency: 'PT1H'
    range: 'PT1H'
    dimension: ''
    description: 'Mails bounced or were refused for their recipient. Support is told of each; here it is counted.'
    query: '''
traces
| where message startswith '{"event": "delivery report"' or message startswith '{"event": "mail service"'
| extend record = parse_json(message)
| where tostring(record.state) == 'bounced'
    or tostring(record.outcome) in ('REFUSED_FOR_RECIPIENT', 'SUPPRESSED', 'FAILED')
| summarize mails = count()
| where mails > 0
'''
  }
  {
    name: 'signing keys cannot be fetched'
    severity: 2
    frequency: 'PT15M'
    range: 'PT1H'
    dimension: ''
    description: 'The tenant\'s keys were not fetched three times within an hour; after 24 hours nobody can sign in.'
    query: '''
traces
| where message startswith 'signing keys not fetched'
| summarize attempts = count()
| where attempts > 2
'''
  }
  {
    name: 'requests fail'
    severity: 2
    frequency: 'PT15M'
    range: 'PT15M'
    dimension: ''
    description: 'More than one request in twenty, and at least five, was answered 5xx.'
    query: '''
requests
| summarize total = count(), failed = countif(toint(resultCode) >= 500)
| where failed >= 5 and failed * 20 > total
'''
  }
  {
    name: 'unforeseen faults'
    severity: 2
    frequency: 'PT15M'
    range: 'PT15M'
    dimension: ''
    description: 'An error that the code does not know of. The log has its type and place.'
    query: '''
traces
| where message startswith '{"event": "fault"'
| summarize faults = count()
| where faults > 0
'''
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-client-secrets'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'secrets'
    enabled: true
    emailReceivers: [for (address, index) in alarmAddresses: {
      name: 'operations ${index + 1}'
      emailAddress: address
      useCommonAlertSchema: true
    }]
  }
}

resource alarm 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in rules: {
  name: replace(rule.name, ' ', '-')
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Client secrets: ${rule.name}'
    description: rule.description
    severity: rule.severity
    enabled: true
    scopes: [
      insightsId
    ]
    evaluationFrequency: rule.frequency
    windowSize: rule.frequency
    overrideQueryTimeRange: rule.range == rule.frequency ? null : rule.range
    criteria: {
      allOf: [
        {
          query: rule.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: empty(rule.dimension) ? [] : [
            {
              name: rule.dimension
              operator: 'Include'
              values: [
                '*'
              ]
            }
          ]
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    autoMitigate: true
    actions: {
      actionGroups: [
        people.id
      ]
    }
  }
}]

@description('Resource id of the action group.')
output actionGroupId string = people.id

// What wakes somebody, and whom: the rules of docs/telemetry.md. Each asks the log for records that
// the product writes; the tests hold the words below against the code.
//
// Types: Microsoft.Insights/actionGroups@2023-01-01,
// https://learn.microsoft.com/azure/templates/microsoft.insights/actiongroups
// Microsoft.Insights/scheduledQueryRules@2023-12-01,
// https://learn.microsoft.com/azure/templates/microsoft.insights/scheduledqueryrules
// https://github.com/Azure/bicep-types-az (generated/monitor/microsoft.insights/2023-12-01)
// Tables AppTraces, AppRequests, AppMetrics: https://learn.microsoft.com/azure/azure-monitor/reference/tables-index
targetScope = 'resourceGroup'

@description('Region of the rules.')
param location string

@description('Workspace whose log is asked.')
param workspaceId string

@description('Mail addresses that alarms go to: people who look at them on the same day.')
@minLength(1)
param alarmAddresses array

@description('Whether reminders are sent: no day is ever complete where they are only evaluated.')
param sends bool

@description('Tags of every resource.')
param tags object

// One rule: `query` returns a row where something is wrong; `dimension` makes one alert of each of
// its values; `range` is how far back the query looks. It is longer than the frequency where a record
// that comes late would otherwise fall between two evaluations.
var rules = [
  {
    name: 'any alarm'
    severity: 2
    frequency: 'PT15M'
    range: 'PT30M'
    dimension: 'Alarm'
    onlyWhenSending: false
    description: 'The product says itself that somebody has to look: reminders.md and telemetry.md name each alarm.'
    query: '''
AppTraces
| where Message startswith '{"event": "alarm: '
| summarize Records = count() by Alarm = tostring(parse_json(Message).event)
'''
  }
  {
    name: 'no evaluation for 26 hours'
    severity: 1
    frequency: 'PT1H'
    range: 'P2D'
    dimension: ''
    onlyWhenSending: false
    description: 'The timer does not fire, or every run fails: nobody is reminded.'
    query: '''
AppTraces
| where TimeGenerated > ago(26h)
| where Message startswith '{"event": "evaluated"'
| summarize Evaluations = count()
| where Evaluations < 1
'''
  }
  {
    name: 'no complete day'
    severity: 2
    frequency: 'PT1H'
    range: 'P2D'
    dimension: ''
    onlyWhenSending: true
    description: 'In 26 hours no day was finished: a quota, an outage, or a mail that is stuck.'
    query: '''
AppTraces
| where TimeGenerated > ago(26h)
| where Message startswith '{"event": "firing"'
| extend Record = parse_json(Message)
| summarize Complete = countif(tostring(Record.result) in ('complete', 'already_complete'))
| where Complete < 1
'''
  }
  {
    name: 'mails failed or uncertain'
    severity: 2
    frequency: 'PT1H'
    range: 'PT2H'
    dimension: ''
    onlyWhenSending: false
    description: 'Mails that did not arrive, or of which nobody knows. Support is told of the secrets.'
    query: '''
AppTraces
| where Message startswith '{"event": "undelivered"'
| extend Record = parse_json(Message)
| where tostring(Record.state) in ('failed', 'uncertain')
| summarize Mails = dcount(tostring(Record.message))
| where Mails > 0
'''
  }
  {
    name: 'bounces'
    severity: 3
    frequency: 'P1D'
    range: 'P1D'
    dimension: ''
    onlyWhenSending: false
    description: 'More than five mails of a day bounced: a blocked sender or domain rather than people who left.'
    query: '''
AppTraces
| where Message startswith '{"event": "undelivered"'
| extend Record = parse_json(Message)
| where tostring(Record.state) == 'bounced'
| summarize Mails = dcount(tostring(Record.message))
| where Mails > 5
'''
  }
  {
    name: 'requests fail'
    severity: 1
    frequency: 'PT5M'
    range: 'PT15M'
    dimension: ''
    onlyWhenSending: false
    description: 'More than one request in twenty, and at least five, was answered 5xx.'
    query: '''
AppRequests
| extend Status = toint(ResultCode)
| where isnotnull(Status) and Status >= 100
| summarize Failed = countif(Status >= 500), Requests = count()
| where Failed >= 5 and Failed * 20 >= Requests
'''
  }
  {
    name: 'invocations fail'
    severity: 2
    frequency: 'PT1H'
    range: 'PT6H'
    dimension: ''
    onlyWhenSending: false
    description: 'Firings, delivery reports or requests failed three times within six hours.'
    query: '''
AppTraces
| where Message startswith '{"event": "run failed"'
    or Message startswith '{"event": "delivery report failed"'
    or Message startswith '{"event": "fault"'
| summarize Failures = count()
| where Failures > 2
'''
  }
  {
    name: 'no metrics'
    severity: 3
    frequency: 'P1D'
    range: 'P2D'
    dimension: ''
    onlyWhenSending: false
    description: 'The exporter is blocked: the other rules, which rest on the log, still work.'
    query: '''
AppMetrics
| where Name == 'portal.firings'
| summarize Points = count()
| where Points < 1
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
    enabled: sends || !rule.onlyWhenSending
    scopes: [
      workspaceId
    ]
    evaluationFrequency: rule.frequency
    // A window is a day at most; two days are asked for beside it.
    windowSize: rule.range == 'P2D' ? 'P1D' : rule.range
    overrideQueryTimeRange: rule.range == 'P2D' ? rule.range : null
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
    // A rule that looks once a day tells what it finds each day.
    autoMitigate: rule.frequency != 'P1D'
    actions: {
      actionGroups: [
        people.id
      ]
    }
  }
}]

@description('Resource id of the action group.')
output actionGroupId string = people.id

// What became of a mail, brought to the function delivery_reports, which has to be published before.
//
// Types: Microsoft.EventGrid/systemTopics and /eventSubscriptions@2025-02-15,
// https://learn.microsoft.com/azure/templates/microsoft.eventgrid/systemtopics/eventsubscriptions
// https://learn.microsoft.com/azure/azure-monitor/reference/supported-logs/microsoft-eventgrid-systemtopics-logs
// The event: https://learn.microsoft.com/azure/event-grid/communication-services-email-events
// Microsoft.Insights/diagnosticSettings@2021-05-01-preview and metricAlerts@2018-03-01,
// https://learn.microsoft.com/azure/templates/microsoft.insights/metricalerts
targetScope = 'resourceGroup'

@description('Resource id of the mail service.')
param mailServiceId string

@description('Resource id of the function app.')
param functionAppId string

@description('Workspace that failed deliveries are logged to.')
param workspaceId string

@description('Action group that hears of reports that were lost.')
param actionGroupId string

@description('Tags of every resource.')
param tags object

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-client-secrets-${uniqueString(resourceGroup().id)}'
  location: 'global'
  tags: tags
  properties: {
    source: mailServiceId
    topicType: 'Microsoft.Communication.CommunicationServices'
  }
}

resource subscription 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'delivery-reports'
  properties: {
    destination: {
      endpointType: 'AzureFunction'
      properties: {
        resourceId: '${functionAppId}/functions/delivery_reports'
        maxEventsPerBatch: 1
      }
    }
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      includedEventTypes: [
        'Microsoft.Communication.EmailDeliveryReportReceived'
      ]
    }
    retryPolicy: {
      eventTimeToLiveInMinutes: 1440
      maxDeliveryAttempts: 30
    }
  }
}

resource failures 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'failures'
  scope: topic
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'DeliveryFailures'
        enabled: true
      }
    ]
  }
}

resource lost 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'delivery-reports-were-lost'
  location: 'global'
  tags: tags
  properties: {
    description: 'Event Grid gave up bringing reports of what became of mails. See docs/operations.md, Alarms.'
    severity: 2
    enabled: true
    scopes: [
      topic.id
    ]
    evaluationFrequency: 'PT1H'
    windowSize: 'PT1H'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dropped'
          metricName: 'DroppedEventCount'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [
      {
        actionGroupId: actionGroupId
      }
    ]
  }
}

"""The CDK app: settings → stacks. Synthesis needs no account, network, git or Docker."""

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

from stacks.api import ApiStack
from stacks.data import DataStack
from stacks.drop import DropStack
from stacks.inference import InferenceStack
from stacks.observability import ObservabilityStack
from stacks.pipeline import PipelineStack
from stacks.settings import Settings
from stacks.webhooks import WebhooksStack


def build(app: cdk.App) -> Settings:
    """Add every stack of the stage that the app's context names."""
    settings = Settings.from_context(app.node)
    watch = ObservabilityStack(app, settings)
    data = DataStack(app, settings, alarms=watch.alarms)
    webhooks = WebhooksStack(app, settings, alarms=watch.alarms, data=data)
    pipeline = PipelineStack(app, settings, alarms=watch.alarms, key=watch.key, data=data, webhooks=webhooks)
    DropStack(app, settings, alarms=watch.alarms, data=data).add_dependency(pipeline)
    ApiStack(app, settings, alarms=watch.alarms, data=data, webhooks=webhooks)
    if settings.managed_inference:
        InferenceStack(app, settings, data=data, pipeline=pipeline, key=watch.key)
    cdk.Tags.of(app).add("project", "roomwright")
    cdk.Tags.of(app).add("stage", settings.stage)
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return settings


if __name__ == "__main__":
    application = cdk.App()
    build(application)
    application.synth()

"""Zero instances when nothing waits, the first one as soon as one job does, more as the line grows.

Source: AWS, “Autoscale an asynchronous endpoint”. Target tracking alone divides the backlog by the number of
instances, which says nothing at zero: without the wake policy a single job could wait for ever.
"""

from __future__ import annotations

from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from stacks.settings import Settings

BACKLOG_PER_INSTANCE = 3
"""jobs that may wait per instance before another one is started"""
NAMESPACE, DIMENSION = "sagemaker", "sagemaker:variant:DesiredInstanceCount"


class ScaleToZero(Construct):
    """The scalable target of one endpoint variant with its tracking and its wake policy."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        endpoint: sagemaker.CfnEndpoint,
        variant: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._endpoint_name = settings.endpoint_name
        target = autoscaling.CfnScalableTarget(
            self,
            "Target",
            service_namespace=NAMESPACE,
            scalable_dimension=DIMENSION,
            resource_id=f"endpoint/{settings.endpoint_name}/variant/{variant}",
            min_capacity=0,
            max_capacity=settings.max_instances,
        )
        target.add_resource_dependency(endpoint)
        self._track_backlog(settings, target)
        self._wake(settings, target)

    def _track_backlog(self, settings: Settings, target: autoscaling.CfnScalableTarget) -> None:
        policy = autoscaling.CfnScalingPolicy
        policy(
            self,
            "Backlog",
            policy_name=settings.name("backlog"),
            policy_type="TargetTrackingScaling",
            scaling_target_id=target.ref,
            target_tracking_scaling_policy_configuration=policy.TargetTrackingScalingPolicyConfigurationProperty(
                target_value=BACKLOG_PER_INSTANCE,
                scale_in_cooldown=300,
                scale_out_cooldown=60,
                customized_metric_specification=policy.CustomizedMetricSpecificationProperty(
                    namespace="AWS/SageMaker",
                    metric_name="ApproximateBacklogSizePerInstance",
                    statistic="Average",
                    dimensions=[policy.MetricDimensionProperty(name="EndpointName", value=self._endpoint_name)],
                ),
            ),
        )

    def _wake(self, settings: Settings, target: autoscaling.CfnScalableTarget) -> None:
        policy = autoscaling.CfnScalingPolicy
        wake = policy(
            self,
            "Wake",
            policy_name=settings.name("wake"),
            policy_type="StepScaling",
            scaling_target_id=target.ref,
            step_scaling_policy_configuration=policy.StepScalingPolicyConfigurationProperty(
                adjustment_type="ChangeInCapacity",
                metric_aggregation_type="Maximum",
                cooldown=300,
                step_adjustments=[policy.StepAdjustmentProperty(metric_interval_lower_bound=0, scaling_adjustment=1)],
            ),
        )
        cloudwatch.CfnAlarm(
            self,
            "HasBacklogWithoutCapacity",
            alarm_name=settings.name("wake-endpoint"),
            alarm_description="Not a fault: a job waits and no instance runs, so one is started.",
            namespace="AWS/SageMaker",
            metric_name="HasBacklogWithoutCapacity",
            statistic="Maximum",
            dimensions=[cloudwatch.CfnAlarm.DimensionProperty(name="EndpointName", value=self._endpoint_name)],
            period=60,
            evaluation_periods=1,
            threshold=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            treat_missing_data="missing",
            alarm_actions=[wake.ref],
        )

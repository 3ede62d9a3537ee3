"""The engine's container behind a SageMaker asynchronous endpoint that sleeps at zero instances."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import RemovalPolicy
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from stacks.constructs.nag import acknowledge_wildcard
from stacks.constructs.scaling import ScaleToZero
from stacks.data import DataStack
from stacks.pipeline import PipelineStack
from stacks.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
VARIANT = "engine"
IMAGE_INPUTS = ("sagemaker", "layers/core/python/engine_contract", "requirements/engine.txt", ".local/weights")
"""all that the container's build may see"""


class InferenceStack(cdk.Stack):
    """Model, endpoint configuration, endpoint, and the two policies that wake and size it."""

    def __init__(
        self, scope: Construct, settings: Settings, *, data: DataStack, pipeline: PipelineStack, key: kms.IKey
    ) -> None:
        super().__init__(scope, settings.stack_name("Inference"))
        image = ecr_assets.DockerImageAsset(
            self,
            "Image",
            directory=str(ROOT),
            file="sagemaker/Dockerfile",
            platform=ecr_assets.Platform.LINUX_AMD64,
            exclude=[
                "**",
                *(f"!{path}" for path in IMAGE_INPUTS),
                *(f"!{path}/**" for path in IMAGE_INPUTS),
                "**/__pycache__",
                "**/.*_cache",
            ],
            ignore_mode=cdk.IgnoreMode.DOCKER,
        )
        role = self._role(image, data, pipeline, key)
        model = sagemaker.CfnModel(
            self,
            "Model",
            execution_role_arn=role.role_arn,
            primary_container=sagemaker.CfnModel.ContainerDefinitionProperty(image=image.image_uri),
        )
        model.node.add_dependency(role)
        config = self._config(settings, model, data, pipeline)
        endpoint = sagemaker.CfnEndpoint(
            self,
            "Endpoint",
            endpoint_name=settings.endpoint_name,
            endpoint_config_name=config.attr_endpoint_config_name,
            retain_all_variant_properties=True,  # a new model must not undo what scaling decided
        )
        # SageMaker would make this group itself, and keep it for ever.
        log_group = logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/sagemaker/Endpoints/{settings.endpoint_name}",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        log_group.grant_write(role)
        endpoint.node.add_dependency(log_group)
        ScaleToZero(self, "Scaling", settings=settings, endpoint=endpoint, variant=VARIANT)

    def _role(
        self,
        image: ecr_assets.DockerImageAsset,
        data: DataStack,
        pipeline: PipelineStack,
        key: kms.IKey,
    ) -> iam.Role:
        """What the container may do: read sources, write outputs and results, notify."""
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
        image.repository.grant_pull(role)
        acknowledge_wildcard(role, "*", "ecr:GetAuthorizationToken and cloudwatch:PutMetricData have no resource level")

        def allow(*actions: str, on: str) -> None:
            role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=[on]))

        reads = ("tenants/*",)
        writes = ("tenants/*/jobs/*", "inference/results/*", "inference/failures/*")
        for action, patterns in {"s3:GetObject": reads, "s3:PutObject": writes}.items():
            for pattern in patterns:
                objects = f"{data.bucket_arn}/{pattern}"
                allow(action, on=objects)
                acknowledge_wildcard(role, objects, f"keys of {pattern} are made at run time; no others match it")
        allow("s3:ListBucket", on=data.bucket_arn)
        for topic in (pipeline.success, pipeline.error):
            allow("sns:Publish", on=topic.topic_arn)
        allow("kms:GenerateDataKey", "kms:Decrypt", on=key.key_arn)
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["cloudwatch:PutMetricData"],
                resources=["*"],
                conditions={"StringEquals": {"cloudwatch:namespace": "/aws/sagemaker/Endpoints"}},
            )
        )
        return role

    def _config(
        self, settings: Settings, model: sagemaker.CfnModel, data: DataStack, pipeline: PipelineStack
    ) -> sagemaker.CfnEndpointConfig:
        config = sagemaker.CfnEndpointConfig
        results = f"s3://{data.bucket_name}/inference"
        return config(
            self,
            "Config",
            production_variants=[
                config.ProductionVariantProperty(
                    variant_name=VARIANT,
                    model_name=model.attr_model_name,
                    instance_type=settings.instance_type,
                    initial_instance_count=1,
                    initial_variant_weight=1,
                )
            ],
            async_inference_config=config.AsyncInferenceConfigProperty(
                # One picture uses every core (or the whole card).
                client_config=config.AsyncInferenceClientConfigProperty(max_concurrent_invocations_per_instance=1),
                output_config=config.AsyncInferenceOutputConfigProperty(
                    s3_output_path=f"{results}/results/",
                    s3_failure_path=f"{results}/failures/",
                    notification_config=config.AsyncInferenceNotificationConfigProperty(
                        success_topic=pipeline.success.topic_arn, error_topic=pipeline.error.topic_arn
                    ),
                ),
            ),
        )

"""What stands around the local AWS: the API's one origin, the SageMaker runtime and the webhook inbox."""

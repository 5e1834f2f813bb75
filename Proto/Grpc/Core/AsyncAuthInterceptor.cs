namespace Grpc.Core;

/// <summary>Adds to <paramref name="metadata"/> what proves the caller.</summary>
public delegate Task AsyncAuthInterceptor(AuthInterceptorContext context, Metadata metadata);

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.Server;

/// <summary>What the gRPC services of one application share.</summary>
internal sealed class GrpcServices(IOptions<GrpcServiceOptions> options)
{
    private readonly HashSet<Type> _mapped = [];
    private bool _unknownMapped;

    /// <summary>Takes note of a service and, with the first one, answers calls of what is not known.</summary>
    public void Add(IEndpointRouteBuilder endpoints, Type service)
    {
        if (!_mapped.Add(service))
        {
            throw new InvalidOperationException($"{service} is mapped twice.");
        }

        if (!_unknownMapped && options.Value.IgnoreUnknownServices != true)
        {
            _unknownMapped = true;
            RoutePattern pattern = RoutePatternFactory.Parse(
                "{unknownService}/{unknownMethod}", defaults: null, parameterPolicies: new { unknownMethod = new GrpcRequestConstraint() });
            endpoints.Map(pattern, RefuseAsync)
                .WithDisplayName("gRPC: unknown method")
                .WithMetadata(new HttpMethodMetadata([HttpMethods.Post]));
        }
    }

    private static Task RefuseAsync(HttpContext http) =>
        HttpCallContext.RefuseAsync(http, new(Core.StatusCode.Unimplemented, $"This server has no method {http.Request.Path}."));
}

using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Admin;

/// <summary>Who came through the operators' door with a request; the door leaves it among the request's features.</summary>
/// <param name="KeyId">Id of the key; <see cref="ThisMachine"/> for who needed none.</param>
internal sealed record OperatorIdentity(string KeyId)
{
    public static readonly OperatorIdentity ThisMachine = new("this-machine");

    public static OperatorIdentity Of(HttpContext context) => context.Features.GetRequiredFeature<OperatorIdentity>();
}

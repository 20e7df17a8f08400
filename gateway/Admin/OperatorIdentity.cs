using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Admin;

/// <summary>The operator behind a request; <see cref="AdminFilter"/> sets it as a request feature.</summary>
/// <param name="KeyId">Id of the key; <see cref="ThisMachine"/> for a local caller that needed none.</param>
internal sealed record OperatorIdentity(string KeyId)
{
    public static readonly OperatorIdentity ThisMachine = new("this-machine");

    public static OperatorIdentity Of(HttpContext context) => context.Features.GetRequiredFeature<OperatorIdentity>();
}

using TranscoderStub.Titles;

namespace TranscoderStub.Access;

internal static class AccessMiddleware
{
    /// <summary>Refuses before a body is read, and before a fault is applied or any work begun.</summary>
    public static void UseApiAccess(this WebApplication app)
    {
        var access = app.Services.GetRequiredService<ApiAccess>();
        app.Use((context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<Rule>() is not { } needed || access.Refusal(context, needed.Value) is not { } refusal) return next(context);
            if (refusal.Status == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "Bearer";
            return MediaAnswer.Missing(context, refusal.Code, refusal.Detail, refusal.Status).ExecuteAsync(context);
        });
    }

    public static TBuilder Under<TBuilder>(this TBuilder endpoints, AccessRule rule) where TBuilder : IEndpointConventionBuilder => endpoints.WithMetadata(new Rule(rule));

    private sealed record Rule(AccessRule Value);
}

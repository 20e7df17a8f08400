using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Problems;

internal static class ProblemsRegistration
{
    /// <summary>Counts problems.</summary>
    public static IServiceCollection AddProblems(this IServiceCollection services)
    {
        services.TryAddSingleton<ProblemMetrics>();
        return services;
    }

    /// <summary>First of all middleware, so that it sees every response without a body that another one leaves.</summary>
    public static IApplicationBuilder UseProblems(this IApplicationBuilder app) => app.UseMiddleware<ProblemMiddleware>();
}

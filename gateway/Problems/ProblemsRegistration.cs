namespace Gateway.Problems;

internal static class ProblemsRegistration
{
    /// <summary>First of all middleware, so that it sees what every other one leaves unsaid.</summary>
    public static IApplicationBuilder UseProblems(this IApplicationBuilder app) => app.UseMiddleware<ProblemMiddleware>();
}

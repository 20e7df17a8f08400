using Gateway.Access.Tickets;
using Gateway.Knobs;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Access;

internal static partial class AccessRegistration
{
    /// <summary>Tickets and the door. Needs a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddKnobs<AccessOptions>("Access");
        services.TryAddSingleton(MakeRing);
        services.TryAddSingleton<TicketSigner>();
        services.TryAddSingleton<TicketOffice>();
        return services;
    }

    /// <summary>CORS for players; behind <c>UseProblems</c>, before everything else.</summary>
    public static IApplicationBuilder UseMediaCors(this IApplicationBuilder app) => app.UseMiddleware<CorsMiddleware>();

    private static TicketKeyRing MakeRing(IServiceProvider services)
    {
        var keys = new List<TicketKey>();
        foreach (var text in services.GetRequiredService<AccessOptions>().TicketKeys)
        {
            if (TicketKey.TryParse(text, out var key)) keys.Add(key);
        }

        if (keys.Count > 0) return new TicketKeyRing(keys);
        LogKeyOfThisProcess(services.GetRequiredService<ILoggerFactory>().CreateLogger<TicketKeyRing>());
        return TicketKeyRing.ForThisProcess();
    }

    // Next free id: 11.
    [LoggerMessage(10, LogLevel.Information, "No 'Gateway:Access:TicketKeys': tickets are signed with a random key, die with this process and are of no use to other gateways")]
    private static partial void LogKeyOfThisProcess(ILogger logger);
}

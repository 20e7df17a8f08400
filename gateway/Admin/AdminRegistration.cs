using Gateway.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Admin;

internal static class AdminRegistration
{
    /// <summary>The operators' keys, the filter in front of their routes, and the audit of what they do.</summary>
    public static IServiceCollection AddAdmin(this IServiceCollection services)
    {
        services.AddValidatedOptions<AdminOptions>("Admin");
        services.TryAddSingleton<AdminKeys>();
        services.TryAddSingleton<AdminFilter>();
        services.TryAddSingleton<AdminListener>();
        services.TryAddSingleton<Audit>();
        services.AddHostedService<AdminKeyStart>();
        services.AddOptionsReload<AdminOptions>("Admin", static (provided, fresh) =>
        {
            // A reload that still configures no key keeps the one made at the start.
            if (fresh.Keys().Any()) provided.GetRequiredService<AdminKeys>().Replace(fresh.Keys());
        });
        return services;
    }

    /// <summary>Opens the operators' own addresses, where they are configured; before the application is built.</summary>
    public static WebApplicationBuilder AddAdminListener(this WebApplicationBuilder builder)
    {
        AdminListener.Open(builder);
        return builder;
    }

    /// <summary>Separates the operators' paths from the rest, where they have an address of their own; behind <c>UseProblems</c>, before everything that answers.</summary>
    public static IApplicationBuilder UseAdminListener(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetRequiredService<AdminOptions>().Urls.Length == 0) return app;
        var listener = app.ApplicationServices.GetRequiredService<AdminListener>();
        return app.Use(listener.InvokeAsync);
    }

    /// <summary>Only operators reach the endpoint, or those of the group.</summary>
    public static TBuilder RequireAdminKey<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.AddEndpointFilterFactory((context, next) =>
        {
            var filter = context.ApplicationServices.GetRequiredService<AdminFilter>();
            return invocation => filter.InvokeAsync(invocation, next);
        });
}

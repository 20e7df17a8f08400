using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gateway.Configuration;

internal static class ConfigurationRegistration
{
    /// <summary>
    /// Makes <typeparamref name="TOptions"/> available, read once from the section <c>Gateway:{section}</c>. Wrong values are found by
    /// <see cref="ConfigurationCheck"/> before anything starts.
    /// </summary>
    public static IServiceCollection AddValidatedOptions<TOptions>(this IServiceCollection services, string section)
        where TOptions : class, new()
    {
        if (services.Any(s => s.ImplementationInstance is OptionsSection known && known.OptionsType == typeof(TOptions))) return services;
        services.AddSingleton(new OptionsSection($"{OptionsSection.Root}:{section}", typeof(TOptions)));
        services.TryAddSingleton(s =>
        {
            var options = new TOptions();
            new OptionReader(s.GetRequiredService<IConfiguration>().GetSection($"{OptionsSection.Root}:{section}")).Read(options);
            return options;
        });
        services.TryAddSingleton<IOptions<TOptions>>(s => Options.Create(s.GetRequiredService<TOptions>()));
        return services;
    }

    /// <summary>Passes a section to <paramref name="apply"/> whenever it was reloaded and is valid; see <see cref="OptionsReload{TOptions}"/>.</summary>
    public static IServiceCollection AddOptionsReload<TOptions>(this IServiceCollection services, string section, Action<IServiceProvider, TOptions> apply)
        where TOptions : class, new() =>
        services.AddHostedService(s => new OptionsReload<TOptions>(s.GetRequiredService<IConfiguration>(), section, s.GetServices<OptionsSection>(), fresh => apply(s, fresh), s.GetRequiredService<ILogger<OptionsReload<TOptions>>>()));
}

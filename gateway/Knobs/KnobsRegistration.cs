using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gateway.Knobs;

internal static class KnobsRegistration
{
    /// <summary>
    /// Makes <typeparamref name="TOptions"/> available, read once from the section <c>Gateway:{section}</c>. Wrong values are found by
    /// <see cref="KnobsCheck"/> before anything starts.
    /// </summary>
    public static IServiceCollection AddKnobs<TOptions>(this IServiceCollection services, string section)
        where TOptions : class, new()
    {
        if (services.Any(s => s.ImplementationInstance is KnobSection known && known.OptionsType == typeof(TOptions))) return services;
        services.AddSingleton(new KnobSection($"{KnobSection.Root}:{section}", typeof(TOptions)));
        services.TryAddSingleton(s =>
        {
            var options = new TOptions();
            new KnobReader(s.GetRequiredService<IConfiguration>().GetSection($"{KnobSection.Root}:{section}")).Read(options);
            return options;
        });
        services.TryAddSingleton<IOptions<TOptions>>(s => Options.Create(s.GetRequiredService<TOptions>()));
        return services;
    }

    /// <summary>Hands a section to <paramref name="apply"/> whenever it was read anew and is free of mistakes; see <see cref="KnobReload{TOptions}"/>.</summary>
    public static IServiceCollection AddKnobReload<TOptions>(this IServiceCollection services, string section, Action<IServiceProvider, TOptions> apply)
        where TOptions : class, new() =>
        services.AddHostedService(s => new KnobReload<TOptions>(s.GetRequiredService<IConfiguration>(), section, fresh => apply(s, fresh), s.GetRequiredService<ILogger<KnobReload<TOptions>>>()));
}

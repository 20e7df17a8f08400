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
}

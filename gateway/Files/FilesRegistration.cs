using Gateway.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Files;

internal static class FilesRegistration
{
    /// <summary>Adds the choice among forms of a file, what is known of files, and the transcoder's way to sources.</summary>
    public static IServiceCollection AddFiles(this IServiceCollection services)
    {
        services.AddValidatedOptions<FilesOptions>("Files");
        services.TryAddSingleton<FilePresence>();
        services.TryAddSingleton<FormatChoice>();
        services.TryAddSingleton<SourceSender>();
        return services;
    }
}

using Gateway.Configuration;
using Gateway.Media;
using Gateway.Origin;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Transcoding;

internal static class TranscodingRegistration
{
    /// <summary>Adds the transcoder's client; with a transcoder configured, what the cache fetches goes by <see cref="TranscodingFetch"/>. Needs the origin's registration and an <see cref="IssueSourceKey"/>.</summary>
    public static IServiceCollection AddTranscoding(this IServiceCollection services)
    {
        services.AddValidatedOptions<TranscoderOptions>("Transcoder").AddValidatedOptions<MediaOptions>("Media");
        services.TryAddSingleton<TranscodeMetrics>();
        services.TryAddSingleton<TranscoderClient>();
        services.TryAddSingleton<Transcodes>();
        services.TryAddSingleton<TranscodeEnding>();
        services.TryAddSingleton<TranscodingFetch>();
        services.AddHostedService<TranscoderStart>();
        services.AddSingleton<FetchUpstream>(s => s.GetRequiredService<TranscoderOptions>().IsOn() ? s.GetRequiredService<TranscodingFetch>().FetchAsync : s.GetRequiredService<OriginFetch>().FetchAsync);
        return services;
    }
}

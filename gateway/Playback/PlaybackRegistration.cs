using Gateway.Access.Sources;
using Gateway.Live.Sessions;
using Gateway.Transcoding;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Playback;

internal static class PlaybackRegistration
{
    /// <summary>Adds what the middleware hands requests to.</summary>
    public static IServiceCollection AddPlayback(this IServiceCollection services)
    {
        services.TryAddSingleton<HandlerSelector>();
        services.TryAddSingleton<SessionEntry>();
        services.TryAddSingleton<SessionServing>();
        services.TryAddSingleton<ClientLines>();
        services.TryAddSingleton<MadeTitles>();
        services.TryAddSingleton<FileRoute>();
        services.TryAddSingleton<TrackRoute>();
        services.TryAddSingleton(s => new PlaybackRoutes(s.GetRequiredService<FileRoute>(), s.GetRequiredService<TrackRoute>(), s.GetService<LiveGate>() is { } gate ? new StreamRoute(gate) : null));
        services.TryAddSingleton<IssueSourceKey>(s =>
        {
            var (keys, lifetime) = (s.GetRequiredService<SourceToken>(), s.GetRequiredService<TranscoderOptions>().SourceKeyLifetime);
            return mediaId => keys.Issue(mediaId, lifetime);
        });
        return services;
    }
}

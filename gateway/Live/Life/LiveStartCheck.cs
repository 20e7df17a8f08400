using Gateway.Configuration;
using Gateway.Live.Fetch;
using Gateway.Origin;
using Gateway.Transcoding;

namespace Gateway.Live.Life;

/// <summary>Refuses a start with which live sessions could be created and never be made into a stream.</summary>
internal sealed class LiveStartCheck(TranscoderOptions transcoder, IConfiguration configuration) : IHostedService
{
    /// <exception cref="WrongConfigurationException">What is missing, all at once.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var errors = new List<string>();
        if (!transcoder.IsOn()) errors.Add("Gateway:Live:Enabled: live sessions need a transcoder. Set Gateway:Transcoder:Url, for example http://127.0.0.1:9090/.");
        if (transcoder.SourceBaseUrl.Length == 0) errors.Add("Gateway:Live:Enabled: the transcoder has to reach this gateway. Set Gateway:Transcoder:SourceBaseUrl, for example http://127.0.0.1:8080/.");
        if (configuration.GetSection($"{OriginRegistration.ProxySection}:Clusters:{LiveFetch.Cluster}").Exists())
            errors.Add($"{OriginRegistration.ProxySection}:Clusters:{LiveFetch.Cluster}: the name is taken by live sessions. Give the cluster another one, or turn Gateway:Live:Enabled off.");
        return errors.Count == 0 ? Task.CompletedTask : throw new WrongConfigurationException(errors);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

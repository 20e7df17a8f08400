using System.Globalization;

namespace Gateway.Load.Players.Rules;

/// <summary>What the server last said in CMSD-Dynamic (CTA-5006), with the weights that shaka-player gives it.</summary>
internal sealed class CmsdHints
{
    /// <summary>estimatedThroughputWeightRatio.</summary>
    private const double Weight = 0.5;

    private double? _throughput;

    /// <summary><c>mb</c>: highest bitrate that the server suggests, bit/s; null = not told.</summary>
    public double? MaxBitrate { get; private set; }

    /// <summary>Reads a field value: the server's name, then parameters.</summary>
    public void Hear(string text)
    {
        MaxBitrate = null;
        _throughput = null;
        foreach (var part in text.AsSpan().Split(';'))
        {
            var item = text.AsSpan(part).Trim();
            var equals = item.IndexOf('=');
            if (equals < 0 || !double.TryParse(item[(equals + 1)..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var kbps)) continue;
            if (item[..equals] is "mb") MaxBitrate = kbps * 1000;
            else if (item[..equals] is "etp") _throughput = kbps * 1000;
        }
    }

    /// <summary>The player's own estimate and the server's, half and half.</summary>
    public double Blend(double own) => _throughput is { } told ? (own * (1 - Weight)) + (told * Weight) : own;
}

using System.Globalization;
using System.Text;
using Gateway.Load.Links;
using Gateway.Load.Players.Titles;

namespace Gateway.Load.Players;

/// <summary>Common Media Client Data, version 1 (CTA-5004), as the three players send it in the query: keys in alphabetic order.</summary>
internal sealed class CmcdWriter(Player player)
{
    private readonly string _session = new Guid(player.Plan.Index, (short)player.Plan.Seed, (short)(player.Plan.Seed >> 16), "VIEWER01"u8.ToArray()).ToString();
    private readonly StringBuilder _text = new();

    /// <summary>For a segment, part or initialisation section.</summary>
    public string Media(TransferKind kind, MediaSegment what, TrackLoader loader, Rung rung)
    {
        var isInit = kind == TransferKind.Init;
        _text.Clear();
        if (!isInit)
        {
            // bl and mtp are rounded to the nearest 100 (§3.2).
            Add("bl", Math.Round(loader.Ahead * 10) * 100);
            Add("br", rung.Kbps);
        }

        if (player.Phase == PlayerPhase.Stalled) Add("bs");
        Cid();
        if (!isInit)
        {
            Add("d", Math.Round(what.Duration * 1000));
            Add("dl", Math.Round(loader.Ahead * 10) * 100);
        }

        if (player.Rules.Estimate is { } estimate) Add("mtp", Math.Round(estimate / 100_000) * 100);
        Add("ot", isInit ? "i" : !loader.IsVideo ? "a" : player.Audio is null ? "av" : "v");
        Tail();
        if (!isInit) Add("tb", loader.Rungs[^1].Kbps);
        return _text.ToString();
    }

    /// <summary>For a playlist or MPD.</summary>
    public string Manifest()
    {
        _text.Clear();
        Cid();
        Add("ot", "m");
        Tail();
        return _text.ToString();
    }

    private void Cid() => Quoted("cid", player.Plan.Title);

    private void Tail()
    {
        Add("sf", player.Plan.Title.EndsWith(".mpd", StringComparison.Ordinal) ? "d" : "h");
        Quoted("sid", _session);
        if (player.Title is not null) Add("st", player.IsLive ? "l" : "v");
        if (player.Phase is PlayerPhase.Starting or PlayerPhase.Stalled or PlayerPhase.Seeking) Add("su");
    }

    private void Add(string key) => Comma().Append(key);

    private void Add(string key, string token) => Comma().Append(key).Append('=').Append(token);

    private void Add(string key, double number) => Comma().Append(CultureInfo.InvariantCulture, $"{key}={number:0}");

    private void Quoted(string key, string value) => Comma().Append(key).Append("=\"").Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');

    private StringBuilder Comma() => _text.Length == 0 ? _text : _text.Append(',');
}

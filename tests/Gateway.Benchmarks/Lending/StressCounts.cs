namespace Gateway.Benchmarks.Lending;

/// <summary>What the readers of a stress have seen.</summary>
internal sealed class StressCounts
{
    public long Requests;
    public long Playlists;
    public long Bytes;
    public long Aborted;
    public long BrokenOff;
    public long Refused;
    public long Wrong;
}

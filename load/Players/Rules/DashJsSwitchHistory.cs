namespace Gateway.Load.Players.Rules;

/// <summary>dash.js's SwitchHistoryRule: whoever had to go down too often from a rung stays below it for a while.</summary>
/// <param name="rungs">Number of rungs.</param>
internal sealed class DashJsSwitchHistory(int rungs)
{
    private const int Samples = 8;
    private const double Threshold = 0.075;

    private readonly int[] _drops = new int[rungs];
    private readonly int[] _stays = new int[rungs];
    private readonly Queue<(int Rung, bool Drop)> _last = new(Samples + 1);

    /// <summary>A choice was made.</summary>
    public void Push(int from, int to)
    {
        var drop = to < from;
        Count(from, drop, 1);
        _last.Enqueue((from, drop));
        if (_last.Count <= Samples) return;
        var (rung, was) = _last.Dequeue();
        Count(rung, was, -1);
    }

    public void Clear()
    {
        Array.Clear(_drops);
        Array.Clear(_stays);
        _last.Clear();
    }

    /// <summary>The rung to keep to; -1 for none. Counts run on over the rungs, as in the original.</summary>
    public int Choose()
    {
        var (drops, stays) = (0, 0);
        for (var i = 0; i < rungs; i++)
        {
            if (_drops[i] == 0 && _stays[i] == 0) continue;
            drops += _drops[i];
            stays += _stays[i];
            if (drops + stays >= Samples && (stays == 0 || drops / (double)stays > Threshold)) return i > 0 && _drops[i] > 0 ? i - 1 : i;
        }

        return -1;
    }

    private void Count(int rung, bool drop, int by)
    {
        if (drop) _drops[rung] += by;
        else _stays[rung] += by;
    }
}

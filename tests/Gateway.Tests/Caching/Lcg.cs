namespace Gateway.Tests.Caching;

/// <summary>A small generator with a seed of its own, so that a failing run can be repeated.</summary>
internal sealed class Lcg(ulong seed)
{
    private ulong _state = seed * 6364136223846793005 + 1442695040888963407;

    public int Next(int below)
    {
        _state = _state * 6364136223846793005 + 1442695040888963407;
        return (int)((_state >> 33) % (ulong)below);
    }
}

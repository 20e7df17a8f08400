using Gateway.Caching.Store;

namespace Gateway.Caching.Outages;

/// <summary>
/// One title that upstream does not answer for, with the requests that wait for it, and whose turn it is to ask. It ends when nobody waits and nobody asks.
/// <para>
/// At each tick one asks: in turn the first in the list, which goes to the list's end if it fails, and the title's witness (<see cref="TitleWitnesses"/>), if there is one. The list alone would not do: it may be full of
/// requests for what is broken, or was never there, and who wants something that is would have no turn in time. Nor would the witness, which may be broken by now.
/// </para>
/// </summary>
/// <remarks>All of it is protected by the gate of the <see cref="OutageTable"/>.</remarks>
internal sealed class TitleOutage(OutageKey key)
{
    private readonly LinkedList<HeldRequest> _waiting = [];
    private bool _isTried;
    private bool _isWitnessAsked;
    private bool _isWitnessNext;

    public OutageKey Key => key;

    /// <summary>Ticks as long as the outage lasts.</summary>
    public ITimer? Timer { get; set; }

    /// <summary>An object that upstream gave; null where none is known but what fails.</summary>
    public CacheKey? Witness { get; init; }

    /// <summary>
    /// The witness failed too. Anything else may be the failing object's own fault, or its client's, however many fail: those are waited for, but the title's other requests are left alone.
    /// </summary>
    public bool IsCertain { get; private set; }

    /// <summary>Whether it was told to the operator.</summary>
    public bool IsTold { get; set; }

    /// <summary>Requests that wait.</summary>
    public int Count => _waiting.Count;

    public bool IsOver => _waiting.Count == 0 && !_isTried;

    public void Add(HeldRequest held) => held.Place = _waiting.AddLast(held);

    /// <summary>False when it waits no longer.</summary>
    public bool TryTake(HeldRequest held)
    {
        if (held.Place is not { } place) return false;
        held.Place = null;
        _waiting.Remove(place);
        return true;
    }

    /// <summary>Takes all who wait.</summary>
    public HeldRequest[] TakeAll()
    {
        HeldRequest[] all = [.. _waiting];
        foreach (var held in all) held.Place = null;
        _waiting.Clear();
        return all;
    }

    /// <summary>The request whose turn it is, taken from the list; null when it is the witness's (<see cref="TryAskWitness"/>), or one still asks. What hangs takes nobody else's turn.</summary>
    public HeldRequest? LetTry()
    {
        if ((_isWitnessNext && !_isWitnessAsked) || _isTried || _waiting.First is not { } first) return null;
        _isTried = true;
        _isWitnessNext = Witness is not null;
        TryTake(first.Value);
        return first.Value;
    }

    /// <summary>Whether the witness is to be asked now.</summary>
    public bool TryAskWitness(bool isFirst)
    {
        if (Witness is null || _isWitnessAsked || !(_isWitnessNext || _isTried || isFirst)) return false;
        _isWitnessNext = false;
        return _isWitnessAsked = true;
    }

    /// <summary>The request whose turn it was has its answer, or has left.</summary>
    public void Tried() => _isTried = false;

    public void WitnessAnswered(UpstreamSign sign)
    {
        _isWitnessAsked = false;
        IsCertain |= sign == UpstreamSign.Away;
    }
}

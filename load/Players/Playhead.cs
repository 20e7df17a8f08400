using Gateway.Load.Links;

namespace Gateway.Load.Players;

/// <summary>
/// The media element: moves through what is buffered at the speed of time, stands when that ends, and moves again when there is more. It does not look at the clock; between two
/// events its position follows from when it began to move.
/// </summary>
internal sealed class Playhead(Player player) : IScheduled
{
    private const long Underflow = 0;
    private const long Render = 1;

    /// <summary>Less than this ahead is nothing: a browser needs a few frames of each track to go on.</summary>
    public const double Least = 0.05;

    private readonly EventLoop _loop = player.Loop;
    private double _position;
    private double _since;
    private long _version;
    private long _stands;
    private double _lookAt = double.PositiveInfinity;
    private bool _rendering;

    /// <summary>The picture moves.</summary>
    public bool IsMoving { get; private set; }

    /// <summary>The viewer wants it to.</summary>
    public bool WantsToMove { get; private set; }

    /// <summary>Seconds of media time.</summary>
    public double Position => IsMoving ? _position + (player.Now - _since) : _position;

    public void Play()
    {
        WantsToMove = true;
        Look();
    }

    public void Pause()
    {
        WantsToMove = false;
        Stand();
    }

    /// <summary>Goes to a position and stands there until there is media.</summary>
    public void MoveTo(double position)
    {
        Stand();
        _position = position;
    }

    /// <summary>Media came or went, or the end came in sight.</summary>
    public void Look()
    {
        if (IsMoving)
        {
            // Mostly more came, and the look that is due already is early enough: it finds when the next one is to be.
            var dry = player.Now + player.PlayableAhead(Position);
            if (double.IsPositiveInfinity(dry) || dry >= _lookAt) return;
            _lookAt = dry;
            _loop.Schedule(Player.At(dry), this, (++_version << 1) | Underflow);
            return;
        }

        if (_rendering || !WantsToMove || !player.HasEnoughToMove(_position, Least)) return;
        _rendering = true;
        _loop.Schedule(Player.At(player.Now + player.Rules.RenderSeconds), this, (_stands << 1) | Render);
    }

    public void Fire(long tag)
    {
        if ((tag & 1) == Render)
        {
            if (tag >> 1 != _stands) return;
            _rendering = false;
            if (!WantsToMove || !player.HasEnoughToMove(_position, Least)) return;
            IsMoving = true;
            _since = player.Now;
            player.Moved();
            Look();
            return;
        }

        if (tag >> 1 != _version) return;
        _lookAt = double.PositiveInfinity;

        // Ahead is asked for again: time is in ticks, and what is left of one is nothing.
        if (player.PlayableAhead(Position) > 1e-4)
        {
            Look();
            return;
        }

        player.RanDry();
    }

    /// <summary>The picture stands; the position stays.</summary>
    public void Stand()
    {
        _position = Position;
        _version++;
        _lookAt = double.PositiveInfinity;
        _stands++;
        _rendering = false;
        IsMoving = false;
    }
}

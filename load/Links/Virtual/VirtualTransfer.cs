namespace Gateway.Load.Links.Virtual;

/// <summary>One exchange in virtual time: two events, the first byte and the last one.</summary>
internal sealed class VirtualTransfer : Transfer, IScheduled, ILinkFlowOwner
{
    private const long First = 0;
    private const long Patience = 1;
    private const long Flowing = 2;

    /// <summary>Bits per second.</summary>
    private const double SlowestFirst = 10_000;

    private readonly VirtualTransport _transport;
    private readonly ITransferListener _listener;
    private readonly long _bytes;
    private readonly bool _breaks;
    private readonly VirtualReply _reply;
    private LinkFlow? _flow;
    private Deadline? _deadline;
    private long _received;
    private TimeSpan _resent;

    public VirtualTransfer(VirtualTransport transport, in TransferRequest request, ITransferListener listener, int tag, in VirtualReply reply)
    {
        _transport = transport;
        _listener = listener;
        _reply = reply;
        _breaks = reply.BreaksAfter is { } after && after <= reply.Length;
        _bytes = _breaks ? reply.BreaksAfter!.Value : reply.Length;
        Request = request;
        Tag = tag;
        SentAt = transport.Loop.Now;
    }

    public override long Received => _flow is { } flow ? _bytes - (long)Math.Ceiling(_transport.Link.RemainingOf(flow) / 8) : _received;

    /// <summary>Has it begin.</summary>
    /// <param name="firstByte">When its head and first byte are at the player.</param>
    /// <param name="resent">What retransmissions add to the body.</param>
    public void Begin(TimeSpan firstByte, TimeSpan resent)
    {
        _resent = resent;
        _transport.Loop.Schedule(firstByte, this, First);
        var patience = Request.FirstBytePatience is { } first && !(Request.Patience < first) ? first : Request.Patience;
        if (patience is { } wait) _transport.Loop.Schedule(SentAt + wait, _deadline = new Deadline(this), Patience);
    }

    public void Fire(long tag)
    {
        if (IsOver) return;
        if (tag == Patience)
        {
            RunOutOfPatience();
            return;
        }

        if (tag == Flowing)
        {
            JoinLink();
            return;
        }

        if (_breaks && _bytes == 0)
        {
            Finish(TransferEnd.NoAnswer, keepsConnection: false);
            return;
        }

        BeganAt = _transport.Loop.Now;
        Status = _reply.Status;
        Fields = _reply.Fields ?? ReplyFields.None;
        Length = _reply.Length;
        if (_bytes > 0 && _resent == TimeSpan.Zero)
        {
            JoinLink();
            BeganAt += FirstPacket();
        }
        else if (_bytes > 0) _transport.Loop.Schedule(_transport.Loop.Now + _resent, this, Flowing);
        _listener.Began(this);
        if (_bytes == 0 && !IsOver) Finish(TransferEnd.Complete, keepsConnection: true);
    }

    /// <summary>
    /// The first byte is there when the packet that carries it is, which on a slow link is many milliseconds: players that measure from first byte to last count that out.
    /// It is taken at the rate of the moment; within an outage at none, so that nobody is told of a first byte minutes ahead.
    /// </summary>
    private TimeSpan FirstPacket()
    {
        var link = _transport.Link;
        var rate = link.Rate / link.Flows;
        return rate < SlowestFirst ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(_bytes, VirtualTransport.PacketBytes) * 8 / rate);
    }

    public void FlowEnded()
    {
        if (IsOver) return;
        _flow = null;
        _received = _bytes;
        Finish(_breaks ? TransferEnd.Broken : TransferEnd.Complete, keepsConnection: !_breaks);
    }

    public override void Cancel()
    {
        if (IsOver) return;
        LeaveLink();
        _deadline?.Release();
        End = TransferEnd.Cancelled;
        EndedAt = _transport.Loop.Now;
        _transport.Flowed(this);
    }

    /// <summary>What has begun to come has its time as a whole; a head on a line that stands is nothing yet.</summary>
    private void RunOutOfPatience()
    {
        if (Received > 0 && Request.FirstBytePatience is not null)
        {
            if (Request.Patience is not { } whole) return;
            if (SentAt + whole > _transport.Loop.Now)
            {
                _transport.Loop.Schedule(SentAt + whole, _deadline!, Patience);
                return;
            }
        }

        LeaveLink();
        Finish(TransferEnd.TimedOut, keepsConnection: false);
    }

    private void JoinLink()
    {
        Join();
        _transport.Flowing(this);
    }

    private void Join() => _flow = _transport.Link.Add(this, _bytes, _reply.Pace > 0 ? _reply.Pace : double.PositiveInfinity);

    private void LeaveLink()
    {
        if (_flow is not { } flow) return;
        _received = Received;
        _transport.Link.Remove(flow);
        _flow = null;
    }

    private void Finish(TransferEnd end, bool keepsConnection)
    {
        _deadline?.Release();
        End = end;
        EndedAt = _transport.Loop.Now;
        if (BeganAt > EndedAt) BeganAt = EndedAt;
        if (end == TransferEnd.Complete && Request.Known is not null) HasKnownBytes = !_reply.IsAltered;
        if (Request.KeepBody && end == TransferEnd.Complete) Body = _reply.Body;
        if (keepsConnection) _transport.Freed();
        _transport.Flowed(this);
        _listener.Ended(this);
    }

    /// <summary>What waits in the loop for the end of the patience, and not the exchange, which is over long before.</summary>
    private sealed class Deadline(VirtualTransfer transfer) : IScheduled
    {
        private VirtualTransfer? _transfer = transfer;

        public void Fire(long tag) => _transfer?.Fire(tag);

        public void Release() => _transfer = null;
    }
}

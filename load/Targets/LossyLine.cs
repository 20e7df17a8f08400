using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Gateway.Load.Pacing;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Load.Targets;

/// <summary>
/// A line that loses packets and is far away, for real TCP of the kernel: a TUN device, from which each packet is read, dropped or held for half the round trip, and given back with its two addresses exchanged. So a
/// server at <see cref="Near"/> is reached at <see cref="Far"/>, and to either side the other is at the far end of the line; the exchange leaves all checksums right, for they are sums. The kernel's own netem would
/// do the same and is missing from many kernels.
/// <para>Two threads: one reads and drops, one writes when a packet is due. Packets keep their order. Needs CAP_NET_ADMIN, as root has it and as <c>unshare --net --map-root-user</c> gives it.</para>
/// </summary>
internal sealed partial class LossyLine : IDisposable
{
    /// <summary>Of the network that RFC 2544 keeps for measurements: nobody else's.</summary>
    public const string Near = "198.18.0.1";

    public const string Far = "198.18.0.2";

    private const string Device = "/dev/net/tun";
    private const nuint SetInterface = 0x400454ca;
    private const short TunWithoutHeader = 0x1001;
    private const int LongestPacket = 2048;

    /// <summary>Packets that the line holds at most, as a router's queue would; what is beyond is lost.</summary>
    private const int MostHeld = 20_000;

    private readonly SafeFileHandle _device;
    private readonly BlockingCollection<(long Due, byte[] Packet)> _held = new(MostHeld);
    private readonly TimeProvider _time;
    private readonly TimeSpan _oneWay;
    private readonly double _loss;
    private readonly SeededRandom _random;
    private readonly Thread _reader;
    private readonly Thread _writer;
    private readonly ManualResetEventSlim _over = new();
    private long _packets;
    private long _lost;

    private LossyLine(SafeFileHandle device, TimeSpan roundTrip, double loss, int seed, TimeProvider time)
    {
        _device = device;
        _time = time;
        _oneWay = roundTrip / 2;
        _loss = loss;
        _random = SeededRandom.For((ulong)seed, 0, "line");
        _reader = new Thread(Read) { IsBackground = true, Name = "line, in" };
        _writer = new Thread(Write) { IsBackground = true, Name = "line, out" };
    }

    /// <summary>Packets that came, and those of them that were dropped.</summary>
    public (long Packets, long Lost) Counts => (Interlocked.Read(ref _packets), Interlocked.Read(ref _lost));

    /// <param name="roundTrip">Of a packet and its answer.</param>
    /// <param name="loss">Share of packets that are lost, in each direction.</param>
    /// <param name="seed">Draws which.</param>
    /// <exception cref="IOException">No such device can be made here.</exception>
    public static async Task<LossyLine> OpenAsync(TimeSpan roundTrip, double loss, int seed, TimeProvider time)
    {
        SafeFileHandle device;
        try
        {
            device = File.OpenHandle(Device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new IOException($"{Device} cannot be opened ({refused.Message}): a line that loses packets needs it.", refused);
        }

        try
        {
            var name = Claim(device);
            await ChildProcess.RunAsync("ip", ["address", "add", $"{Near}/30", "dev", name]);
            await ChildProcess.RunAsync("ip", ["link", "set", "dev", name, "mtu", "1500", "up"]);
            var line = new LossyLine(device, roundTrip, loss, seed, time);
            line._reader.Start();
            line._writer.Start();
            return line;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>The device goes with its handle.</summary>
    public void Dispose()
    {
        if (_over.IsSet) return;
        _over.Set();
        // The reader sits in a read that only a packet ends.
        using (var waker = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)) waker.SendTo([0], new IPEndPoint(IPAddress.Parse(Far), 9));
        _reader.Join();
        _writer.Join();
        _device.Dispose();
        _held.Dispose();
        _over.Dispose();
    }

    /// <summary>Makes the handle a device; returns its name.</summary>
    private static string Claim(SafeFileHandle device)
    {
        // struct ifreq: 16 bytes of name, in which the kernel fills in the number, then flags; 40 bytes in all.
        Span<byte> request = stackalloc byte[40];
        request.Clear();
        Encoding.ASCII.GetBytes("line%d", request);
        BitConverter.TryWriteBytes(request[16..], TunWithoutHeader);
        if (Control(device, SetInterface, ref MemoryMarshal.GetReference(request)) != 0)
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"No network device can be made here (error {Marshal.GetLastPInvokeError()}). It needs root, or a namespace of its own: unshare --net --map-root-user."));
        return Encoding.ASCII.GetString(request[..request.IndexOf((byte)0)]);
    }

    private void Read()
    {
        Span<byte> packet = stackalloc byte[LongestPacket];
        while (!_over.IsSet)
        {
            var length = (int)Receive(_device, ref MemoryMarshal.GetReference(packet), LongestPacket);
            // IPv4 alone; the kernel sends some of version 6 by itself.
            if (_over.IsSet || length < 20 || packet[0] >> 4 != 4) continue;
            Interlocked.Increment(ref _packets);
            if (_random.NextDouble() < _loss || !_held.TryAdd((_time.GetTimestamp(), Exchanged(packet[..length]))))
                Interlocked.Increment(ref _lost);
        }

        _held.CompleteAdding();
    }

    private void Write()
    {
        foreach (var (since, packet) in _held.GetConsumingEnumerable())
        {
            var rest = _oneWay - _time.GetElapsedTime(since);
            if (rest > TimeSpan.Zero) _over.Wait(rest);
            // Where the kernel has no room for it, it is lost, as on any line.
            if (!_over.IsSet && Send(_device, ref MemoryMarshal.GetArrayDataReference(packet), (nuint)packet.Length) < 0) Interlocked.Increment(ref _lost);
        }
    }

    /// <summary>The packet with source and destination exchanged.</summary>
    private static byte[] Exchanged(ReadOnlySpan<byte> packet)
    {
        var copy = packet.ToArray();
        packet.Slice(12, 4).CopyTo(copy.AsSpan(16));
        packet.Slice(16, 4).CopyTo(copy.AsSpan(12));
        return copy;
    }

    // Each call is one packet, which streams and RandomAccess do not promise.
    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Receive(SafeFileHandle device, ref byte packet, nuint most);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Send(SafeFileHandle device, ref byte packet, nuint length);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle device, nuint request, ref byte argument);
}

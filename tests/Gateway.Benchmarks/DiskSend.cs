using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gateway.Benchmarks.Peers;
using Gateway.Caching.Disk;

namespace Gateway.Benchmarks;

/// <summary>
/// What sendfile(2) would save for an object on the cache's disk, in the sending thread's processor time for a mebibyte: sent from memory as the gateway does, read from the file (which lies in the system's page cache) and checked before, read and not checked, and by sendfile. The reader is
/// a process of its own.
/// </summary>
internal static partial class DiskSend
{
    private const int ObjectBytes = 1 << 20;
    private const int BlockBytes = 64 << 10;
    private const int Objects = 64;
    private const int Rounds = 9;

    public static async Task RunAsync(string[] args)
    {
        if (args is ["drain", var port]) await DrainAsync(int.Parse(port, CultureInfo.InvariantCulture));
        else Compare();
    }

    private static void Compare()
    {
        var path = Path.GetTempFileName();
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var reader = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["disk-cost", "drain", ((IPEndPoint)listener.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture)]) { UseShellExecute = false })!;
        try
        {
            var content = new byte[Objects * ObjectBytes];
            new Random(1).NextBytes(content);
            File.WriteAllBytes(path, content);
            using var file = File.OpenHandle(path);
            using var socket = listener.Accept();
            // As the gateway's: pinned, and of one size.
            var blocks = Enumerable.Range(0, ObjectBytes / BlockBytes).Select(_ => GC.AllocateArray<byte>(BlockBytes, pinned: true)).ToArray();
            (string Name, Action<long> Send)[] ways =
            [
                ("memory, sent", _ => SendBlocks(socket, blocks)),
                ("file: read, checked, sent", offset =>
                {
                    Read(file, blocks, offset, isChecked: true);
                    SendBlocks(socket, blocks);
                }),
                ("file: read, sent", offset =>
                {
                    Read(file, blocks, offset, isChecked: false);
                    SendBlocks(socket, blocks);
                }),
                ("file: sendfile", offset => SendFile(socket, file, offset)),
            ];
            var times = ways.Select(_ => new List<double>()).ToArray();
            for (var round = -2; round < Rounds; round++)
            {
                for (var way = 0; way < ways.Length; way++)
                {
                    var before = ThreadTime();
                    for (var i = 0; i < Objects; i++) ways[way].Send((long)i * ObjectBytes);
                    if (round >= 0) times[way].Add((ThreadTime() - before) / 1000.0 / Objects);
                }
            }

            for (var way = 0; way < ways.Length; way++) Console.WriteLine($"| {ways[way].Name} | {Spread.Text(times[way], "0")} µs | {Spread.Ratio(times[way], times[1])} |");
        }
        finally
        {
            reader.Kill();
            File.Delete(path);
        }
    }

    private static void Read(Microsoft.Win32.SafeHandles.SafeFileHandle file, byte[][] blocks, long offset, bool isChecked)
    {
        var sum = new Checksum(1);
        foreach (var block in blocks)
        {
            RandomAccess.Read(file, block, offset);
            if (isChecked) sum.Append(block);
            offset += block.Length;
        }

        if (isChecked && sum.Value == 0) throw new InvalidOperationException("Not a checksum.");
    }

    private static void SendBlocks(Socket socket, byte[][] blocks)
    {
        foreach (var block in blocks) socket.Send(block);
    }

    private static void SendFile(Socket socket, Microsoft.Win32.SafeHandles.SafeFileHandle file, long offset)
    {
        for (var left = (nint)ObjectBytes; left > 0;)
        {
            var sent = sendfile(socket.SafeHandle, file, ref offset, left);
            if (sent <= 0) throw new IOException($"sendfile: {Marshal.GetLastPInvokeErrorMessage()}");
            left -= sent;
        }
    }

    /// <summary>Of this thread, in nanoseconds.</summary>
    private static long ThreadTime() => long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture);

    private static async Task DrainAsync(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var buffer = new byte[256 << 10];
        while (socket.Receive(buffer) > 0)
        {
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendfile(SafeSocketHandle socket, Microsoft.Win32.SafeHandles.SafeFileHandle file, ref long offset, nint count);
}

using System.Diagnostics;
using System.Globalization;

namespace Gateway.Load.Targets;

/// <summary>
/// Ends what this process has started when it ends without doing so itself: killed, crashed, cut off with its terminal. A shell reads from a pipe that nobody else holds open; when the pipe closes, in whatever
/// way, the shell does what has been noted and not been taken back, the latest first, as disposing would have.
/// <para>
/// A note is a file in a folder of the shell's, with a line of shell in it. So nothing has to be told to the shell meanwhile, which only then reads the folder; a file gets its name when it is whole. A process is known by
/// number and start, for numbers are given out again. Without a shell and <c>/proc</c> nothing is noted. Any thread may call.
/// </para>
/// </summary>
internal sealed class OrphanCleanup : IDisposable
{
    private const string Shell = "/bin/sh";

    /// <summary>Signals that go to a whole terminal are meant for the tester, which then ends by itself.</summary>
    private const string Script = """
        exec >/dev/null 2>&1
        trap '' HUP INT TERM
        while read -r line; do :; done
        for note in "$1"/*; do [ -f "$note" ] && . "$note"; done
        rm -rf "$1"
        """;

    private static readonly Lazy<(Process Shell, string Folder)> s_shell = new(Start);
    private static int s_left = 10_000_000;

    private readonly string? _note;

    private OrphanCleanup(string? note) => _note = note;

    /// <summary>Kills a process that has been started, unless it has ended by then.</summary>
    public static void KillIfLeft(Process process)
    {
        if (StartOf(process.Id) is not { } start) return;
        var number = process.Id.ToString(CultureInfo.InvariantCulture);
        var note = Note($"[ \"$(sed 's/.*) //' /proc/{number}/stat | cut -d ' ' -f 20)\" = {start} ] && kill -KILL {number}");
        process.Exited += (_, _) => note.Dispose();
        process.EnableRaisingEvents = true;
    }

    /// <summary>Has something done, unless it is disposed before.</summary>
    /// <param name="line">Of shell; see <see cref="Quoted"/>.</param>
    public static OrphanCleanup Note(string line)
    {
        if (!File.Exists(Shell)) return new OrphanCleanup(null);
        var folder = s_shell.Value.Folder;
        // Names are read in their order, so that they count down.
        var note = Path.Combine(folder, Interlocked.Decrement(ref s_left).ToString("D8", CultureInfo.InvariantCulture));
        var unfinished = Path.Combine(folder, $".{Path.GetFileName(note)}");
        File.WriteAllText(unfinished, line + '\n');
        File.Move(unfinished, note);
        return new OrphanCleanup(note);
    }

    /// <summary>One word for the shell, whatever is in it.</summary>
    public static string Quoted(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>It is done, or is not to be done any more.</summary>
    public void Dispose()
    {
        if (_note is not null) File.Delete(_note);
    }

    private static (Process Shell, string Folder) Start()
    {
        var folder = Directory.CreateTempSubdirectory("cleanup-").FullName;
        // Held for as long as this process lives, and so is its input.
        var shell = Process.Start(new ProcessStartInfo(Shell, ["-c", Script, "sh", folder]) { UseShellExecute = false, RedirectStandardInput = true, WorkingDirectory = "/" })!;
        return (shell, folder);
    }

    /// <summary>When a process began, in the kernel's ticks; null where that is not told.</summary>
    private static string? StartOf(int process)
    {
        try
        {
            // Its name stands in brackets and may be anything.
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            return stat[(stat.LastIndexOf(") ", StringComparison.Ordinal) + 2)..].Split(' ')[19];
        }
        catch (IOException)
        {
            return null;
        }
    }
}

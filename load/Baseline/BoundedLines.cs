using System.Runtime.CompilerServices;
using System.Text;

namespace Gateway.Load.Baseline;

/// <summary>Lines of a text without blank ones. A line longer than the bound is told as null and never held in memory.</summary>
internal sealed class BoundedLines(TextReader reader, int longest)
{
    public async IAsyncEnumerable<string?> ReadAsync([EnumeratorCancellation] CancellationToken stop)
    {
        var buffer = new char[16 * 1024];
        var line = new StringBuilder();
        var isTooLong = false;
        int count;
        while ((count = await reader.ReadAsync(buffer.AsMemory(), stop)) > 0)
        {
            for (var begin = 0; begin < count;)
            {
                var end = Array.IndexOf(buffer, '\n', begin, count - begin);
                var stopAt = end < 0 ? count : end;
                if (!isTooLong && line.Length + stopAt - begin > longest)
                {
                    isTooLong = true;
                    line.Clear();
                }

                if (!isTooLong) line.Append(buffer, begin, stopAt - begin);
                begin = stopAt + 1;
                if (end < 0) continue;
                if (isTooLong) yield return null;
                else if (Text(line) is { } text) yield return text;
                isTooLong = false;
                line.Clear();
            }
        }

        if (isTooLong) yield return null;
        else if (Text(line) is { } last) yield return last;
    }

    private static string? Text(StringBuilder line)
    {
        var text = line.ToString();
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }
}

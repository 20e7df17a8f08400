using System.Runtime.InteropServices;
using Gateway.Origin;

namespace Gateway.Caching.Outages;

/// <summary>What an outage is of: a title, or where a request names none in which its object lies, a folder. A session may ask for any path, and what lies outside of its title tells nothing about that.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct OutageKey(string Cluster, string Title)
{
    public static OutageKey Of(CacheRequest request) => new(request.Address.Cluster, OriginRequest.TitleOf(request.Title, request.Address));
}

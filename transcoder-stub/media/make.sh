#!/usr/bin/env bash
# Makes the bundled titles below titles/ (ffmpeg 5.1 of Debian 12, DejaVu fonts). Run by hand; its output is committed.
# make.sh makes all of them, make.sh NAME… only those.
#
# One title lasts 32 s: the shortest span above 24 s that is at once a whole number of 2 s segments (16), of video frames (800 at 25 fps)
# and of AAC frames (1500 at 48 kHz). So a live loop of it has no gap and no overlap, and every loop starts on the same tick of every clock.
#
# Encoding runs on one thread and without time stamps in the files: the same ffmpeg gives the same bytes.
set -euo pipefail
cd "$(dirname "$0")"

readonly seconds=32 fps=25 part=0.2
segment=2 title=demo # the title in the making
readonly made='2026-01-01T00:00:00Z'
readonly sans=/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf
readonly mono=/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf
readonly quiet=(-hide_banner -loglevel error -nostdin -y)
readonly exact=(-fflags +bitexact -flags +bitexact -map_metadata -1 -threads 1 -filter_threads 1)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
readonly wanted=("$@")

# Begins a title: true if it is wanted, with an empty folder.
begin() { # name segment-seconds
  title=$1 segment=$2
  ((${#wanted[@]} == 0)) || [[ " ${wanted[*]} " == *" $1 "* ]] || return 1
  rm -rf "titles/$1"
  mkdir -p "titles/$1"
}

# --- Picture: a slow gradient, three planets on circles, a flash on every full second, a progress bar, time code and rendition name. ---
# Everything is measured in the picture's height, so that all renditions show the same scene.
picture() { # width height label
  local w=$1 h=$2 label=$3
  local big=$((h / 5)) small=$((h / 16)) ball=$((h / 5 / 2 * 2)) dot=$((h / 9 / 2 * 2)) bar=$((h / 40 / 2 * 2))
  cat <<GRAPH
gradients=s=${w}x${h}:r=${fps}:d=${seconds}:n=3:c0=0x10243f:c1=0x1c5c7a:c2=0x2d1b4e:x0=0:y0=0:x1=${w}:y1=${h}:speed=0.002:seed=7,format=yuv420p[sky];
color=c=0xffb347:s=${ball}x${ball}:r=${fps}:d=${seconds},format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='255*clip(W/2-hypot(X-W/2,Y-H/2),0,1)'[sun];
color=c=0x5ad1b3:s=${dot}x${dot}:r=${fps}:d=${seconds},format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='255*clip(W/2-hypot(X-W/2,Y-H/2),0,1)'[mint];
color=c=0xf0617a:s=${dot}x${dot}:r=${fps}:d=${seconds},format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='255*clip(W/2-hypot(X-W/2,Y-H/2),0,1)'[rose];
color=c=0xffffff:s=${w}x${bar}:r=${fps}:d=${seconds}[bar];
[sky][sun]overlay=x='(W-w)/2+0.62*H*cos(2*PI*t/16)':y='(H-h)/2+0.30*H*sin(2*PI*t/16)'[s1];
[s1][mint]overlay=x='(W-w)/2+0.45*H*cos(PI-2*PI*t/8)':y='(H-h)/2+0.36*H*sin(PI-2*PI*t/8)'[s2];
[s2][rose]overlay=x='(W-w)/2+0.72*H*cos(1+2*PI*t/4)':y='(H-h)/2+0.16*H*sin(1+2*PI*t/4)'[s3];
[s3][bar]overlay=x='-W+W*t/${seconds}':y=H-h[s4];
[s4]drawbox=x=iw-ih/6:y=ih/14:w=ih/10:h=ih/10:color=white:t=fill:enable='lt(mod(t,1),0.12)',
drawtext=fontfile=${mono}:timecode='00\\:00\\:00\\:00':r=${fps}:fontsize=${big}:fontcolor=white:borderw=$((h / 180 + 1)):bordercolor=0x00000099:x=(w-tw)/2:y=(h-th)/2,
drawtext=fontfile=${sans}:text='${label}':fontsize=${small}:fontcolor=white:x=h/14:y=h/14:box=1:boxcolor=0x00000066:boxborderw=$((h / 60)),
format=yuv420p[picture]
GRAPH
}

encode_video() { # name width height crf peak-kbps profile level label
  local name=$1 w=$2 h=$3 crf=$4 peak=$5 profile=$6 level=$7 label=$8
  # No B frames: decode order is display order, so neither edit lists nor composition offsets shift the first frame away from zero.
  ffmpeg "${quiet[@]}" -filter_complex "$(picture "$w" "$h" "$label")" -map '[picture]' "${exact[@]}" \
    -c:v libx264 -preset slow -profile:v "$profile" -level "$level" -pix_fmt yuv420p -bf 0 \
    -crf "$crf" -maxrate "${peak}k" -bufsize "$((peak * 2))k" \
    -x264-params "keyint=$((fps * segment)):min-keyint=$((fps * segment)):scenecut=0:open-gop=0" \
    -color_primaries bt709 -color_trc bt709 -colorspace bt709 "$work/$name.mp4"
}

# --- Sound: one plucked note a second, an eight-note figure, with a bell on the first. ---
# The first AAC frame holds only the encoder's run-in (1024 samples); starting the source 1024 samples late puts every note back on its second.
encode_audio() { # name kbps
  local pitch='if(eq(mod(floor(t),8),0),220,if(eq(mod(floor(t),8),1),261.63,if(eq(mod(floor(t),8),2),293.66,if(eq(mod(floor(t),8),3),329.63,if(eq(mod(floor(t),8),4),392,if(eq(mod(floor(t),8),5),329.63,if(eq(mod(floor(t),8),6),293.66,261.63)))))))'
  local pluck='min(1,200*mod(t,1))*exp(-4*mod(t,1))*clip(20*(0.97-mod(t,1)),0,1)'
  local tone="0.45*sin(2*PI*mod(t,1)*($pitch))*$pluck+0.15*sin(4*PI*mod(t,1)*($pitch))*$pluck"
  local bell="0.2*lt(mod(t,8),1)*sin(2*PI*mod(t,1)*880)*$pluck"
  ffmpeg "${quiet[@]}" -f lavfi -i "aevalsrc=exprs='$tone+$bell|$tone-$bell':s=48000:d=$((seconds + 1))" \
    -af 'atrim=start_sample=1024,asetpts=N' "${exact[@]}" -c:a aac -b:a "${2}k" -frames:a $((seconds * 48000 / 1024)) -f adts "$work/$1.aac"
}

# --- Packaging ---
# CMAF: one moof+mdat per 0.2 s, so that the same segments serve low-latency parts; no sidx, so that tfdt alone tells a segment's time.
package_cmaf() { # folder source timescale
  mkdir -p "titles/$title/$1"
  ffmpeg "${quiet[@]}" -i "$2" -map 0 -c copy "${exact[@]}" -f dash -streaming 1 -seg_duration "$segment" \
    -frag_type duration -frag_duration "$part" -use_template 1 -use_timeline 0 \
    -init_seg_name init.mp4 -media_seg_name 'seg_$Number%05d$.m4s' \
    -format_options "movflags=+cmaf:video_track_timescale=$3" "$work/unused.mpd"
  mv "$work"/init.mp4 "$work"/seg_*.m4s "titles/$title/$1/"
}

package_ts() { # folder video audio
  mkdir -p "titles/$title/$1"
  ffmpeg "${quiet[@]}" -i "$2" -i "$3" -map 0:v -map 1:a -c copy "${exact[@]}" -muxdelay 0 -muxpreload 0 -f hls -hls_time "$segment" \
    -hls_playlist_type vod -hls_segment_filename "titles/$title/$1/seg_%05d.ts" -start_number 1 "titles/$title/$1/index.m3u8"
}

# Bits per second of the largest segment (BANDWIDTH is a peak) and of all of them.
peak_rate() { stat -c %s "$1"/seg_* | sort -n | tail -1 | awk -v s="$segment" '{ printf "%d", $1 * 8 / s + 0.999 }'; }
mean_rate() { stat -c %s "$1"/seg_* | awk -v s="$seconds" '{ n += $1 } END { printf "%d", n * 8 / s + 0.999 }'; }

# RFC 6381 name from the avcC box: profile, constraint flags, level.
avc_codec() {
  local at; at=$(LC_ALL=C grep -aobm1 avcC "$1" | head -1 | cut -d: -f1)
  printf 'avc1.%s' "$(od -An -tx1 -j$((at + 5)) -N3 "$1" | tr -d ' \n')"
}

# Ticks of each segment: it ends with the first frame that reaches the next even second.
segment_ticks() { # timescale ticks-per-frame
  awk -v scale="$1" -v frame="$2" -v s="$segment" -v all="$seconds" 'BEGIN {
    for (i = 1; start * frame < all * scale; i++) {
      end = ((s * i < all) ? s * i : all) * scale / frame; end = (end > int(end)) ? int(end) + 1 : end; print (end - start) * frame; start = end } }'
}

# SegmentTimeline rather than a duration: audio segments differ by a frame, and ffmpeg asks for one segment too many where it has to divide.
timeline() { # timescale ticks-per-frame
  segment_ticks "$@" | uniq -c | awk '{ printf "          <S %sd=\"%d\"%s/>\n", (NR == 1 ? "t=\"0\" " : ""), $2, ($1 > 1 ? " r=\"" $1 - 1 "\"" : "") }'
}

media_playlist() { # folder timescale ticks-per-frame
  echo '#EXTM3U'
  echo '#EXT-X-VERSION:7'
  echo "#EXT-X-TARGETDURATION:$segment"
  echo '#EXT-X-MEDIA-SEQUENCE:1'
  echo '#EXT-X-PLAYLIST-TYPE:VOD'
  echo '#EXT-X-INDEPENDENT-SEGMENTS'
  echo '#EXT-X-MAP:URI="init.mp4"'
  paste -d ' ' <(segment_ticks "$2" "$3") <(cd "$1" && ls seg_*.m4s) | awk -v scale="$2" '{ printf "#EXTINF:%.6f,\n%s\n", $1 / scale, $2 }'
  echo '#EXT-X-ENDLIST'
}

# HLS and DASH of a title with one audio rendition and any number of pictures.
cmaf_manifests() { # audio-folder folder:size…
  local audio=$1 audio_peak audio_mean v size codec
  shift
  audio_peak=$(peak_rate "titles/$title/$audio") audio_mean=$(mean_rate "titles/$title/$audio")
  media_playlist "titles/$title/$audio" 48000 1024 >"titles/$title/$audio/index.m3u8"
  {
    echo '#EXTM3U'
    echo '#EXT-X-VERSION:7'
    echo '#EXT-X-INDEPENDENT-SEGMENTS'
    echo
    echo '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Melody",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="'"$audio"'/index.m3u8"'
    echo
    for v in "$@"; do
      media_playlist "titles/$title/${v%%:*}" 90000 3600 >"titles/$title/${v%%:*}/index.m3u8"
      echo "#EXT-X-STREAM-INF:BANDWIDTH=$(($(peak_rate "titles/$title/${v%%:*}") + audio_peak)),AVERAGE-BANDWIDTH=$(($(mean_rate "titles/$title/${v%%:*}") + audio_mean)),CODECS=\"$(avc_codec "titles/$title/${v%%:*}/init.mp4"),mp4a.40.2\",RESOLUTION=${v##*:},FRAME-RATE=$fps.000,AUDIO=\"sound\""
      echo "${v%%:*}/index.m3u8"
    done
  } >"titles/$title/master.m3u8"
  {
    cat <<XML
<?xml version="1.0" encoding="utf-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static" mediaPresentationDuration="PT${seconds}S" maxSegmentDuration="PT${segment}.1S" minBufferTime="PT4S">
  <Period id="p0" start="PT0S">
    <AdaptationSet id="1" contentType="video" mimeType="video/mp4" segmentAlignment="true" startWithSAP="1" par="16:9" frameRate="$fps" maxWidth="1280" maxHeight="720">
      <SegmentTemplate timescale="90000" startNumber="1" initialization="\$RepresentationID\$/init.mp4" media="\$RepresentationID\$/seg_\$Number%05d\$.m4s">
        <SegmentTimeline>
$(timeline 90000 3600)
        </SegmentTimeline>
      </SegmentTemplate>
XML
    for v in "$@"; do
      size=${v##*:} codec=$(avc_codec "titles/$title/${v%%:*}/init.mp4")
      echo "      <Representation id=\"${v%%:*}\" bandwidth=\"$(peak_rate "titles/$title/${v%%:*}")\" codecs=\"$codec\" width=\"${size%x*}\" height=\"${size#*x}\" sar=\"1:1\"/>"
    done
    cat <<XML
    </AdaptationSet>
    <AdaptationSet id="2" contentType="audio" mimeType="audio/mp4" lang="en" segmentAlignment="true" startWithSAP="1">
      <SegmentTemplate timescale="48000" startNumber="1" initialization="\$RepresentationID\$/init.mp4" media="\$RepresentationID\$/seg_\$Number%05d\$.m4s">
        <SegmentTimeline>
$(timeline 48000 1024)
        </SegmentTimeline>
      </SegmentTemplate>
      <Representation id="$audio" bandwidth="$audio_peak" codecs="mp4a.40.2" audioSamplingRate="48000">
        <AudioChannelConfiguration schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:2011" value="2"/>
      </Representation>
    </AdaptationSet>
  </Period>
</MPD>
XML
  } >"titles/$title/manifest.mpd"
}

ts_manifest() {
  echo '#EXTM3U'
  echo '#EXT-X-VERSION:3'
  for v in "$@"; do
    echo "#EXT-X-STREAM-INF:BANDWIDTH=$(peak_rate "titles/$title/${v%%:*}"),AVERAGE-BANDWIDTH=$(mean_rate "titles/$title/${v%%:*}"),CODECS=\"avc1.4d401e,mp4a.40.2\",RESOLUTION=${v##*:},FRAME-RATE=$fps.000"
    echo "${v%%:*}/index.m3u8"
  done
}

card() { # name loop: what the title list shows, and the Last-Modified of every file of the title
  printf '{ "name": "%s", "made": "%s", "loop": %s }\n' "$1" "$made" "${2:-false}"
}

# Pictures that several small titles share: 320x180 at about 40 kbit/s.
small() { # name segment-seconds label
  segment=$2
  encode_video "$1" 320 180 36 70 main 3.0 "$3"
}

encode_audio a64 64
encode_audio a48 48

if begin demo 2; then
  encode_video v720 1280 720 19 800 high 3.1 'demo · 720p'
  encode_video v480 854 480 22 400 main 3.0 'demo · 480p'
  encode_video v360 640 360 26 200 main 3.0 'demo · 360p'
  for v in v720 v480 v360; do package_cmaf "$v" "$work/$v.mp4" 90000; done
  package_cmaf a64 "$work/a64.aac" 48000
  cmaf_manifests a64 v720:1280x720 v480:854x480 v360:640x360
  ffmpeg "${quiet[@]}" -i "$work/v360.mp4" -i "$work/a64.aac" -map 0:v -map 1:a -c copy "${exact[@]}" -movflags +faststart titles/demo/direct.mp4
  card 'Three planets' true >titles/demo/title.json
fi

if begin demo-ts 2; then
  encode_video t360 640 360 26 200 main 3.0 'demo-ts · 360p'
  encode_video t270 480 270 32 120 main 3.0 'demo-ts · 270p'
  encode_video t180 320 180 36 70 main 3.0 'demo-ts · 180p'
  for v in 360 270 180; do package_ts "v$v" "$work/t$v.mp4" "$work/a48.aac"; done
  ts_manifest v360:640x360 v270:480x270 v180:320x180 >titles/demo-ts/master.m3u8
  card 'Three planets (MPEG-TS)' true >titles/demo-ts/title.json
fi

# The ladder of a real service (800, 1500, 4000, 8000 and 40000 kbit/s), each step a sixtieth of it.
if begin demo-ladder 2; then
  for rung in 144:256x144:13:48 180:320x180:25:42 240:426x240:67:34 288:512x288:133:28 360:640x360:667:17; do
    IFS=: read -r height size peak crf <<<"$rung"
    encode_video "l$height" "${size%x*}" "${size#*x}" "$crf" "$peak" main 3.0 "ladder · ${height}p"
    package_cmaf "v$height" "$work/l$height.mp4" 90000
  done
  package_cmaf a48 "$work/a48.aac" 48000
  cmaf_manifests a48 v360:640x360 v288:512x288 v240:426x240 v180:320x180 v144:256x144
  card 'Three planets (five-step ladder)' >titles/demo-ladder/title.json
fi

for length in 5 6 30; do
  if begin "demo-${length}s" "$length"; then
    small "s$length" "$length" "$length s segments"
    package_cmaf v180 "$work/s$length.mp4" 90000
    package_cmaf a48 "$work/a48.aac" 48000
    cmaf_manifests a48 v180:320x180
    card "Three planets ($length s segments)" >"titles/demo-${length}s/title.json"
  fi
done

if begin demo-aes 2; then
  small aes 2 'AES-128'
  # A key that everybody may know: it shows that keys are fetched and passed on, it protects nothing.
  mkdir -p titles/demo-aes/v180
  printf 'a known test key' >titles/demo-aes/v180/title.key
  printf 'title.key\n%s\n000102030405060708090a0b0c0d0e0f\n' titles/demo-aes/v180/title.key >"$work/key.txt"
  ffmpeg "${quiet[@]}" -i "$work/aes.mp4" -i "$work/a48.aac" -map 0:v -map 1:a -c copy "${exact[@]}" -muxdelay 0 -muxpreload 0 -f hls -hls_time 2 \
    -hls_key_info_file "$work/key.txt" -hls_playlist_type vod -hls_segment_filename 'titles/demo-aes/v180/seg_%05d.ts' -start_number 1 titles/demo-aes/v180/index.m3u8
  ts_manifest v180:320x180 >titles/demo-aes/master.m3u8
  card 'Three planets (AES-128)' >titles/demo-aes/title.json
fi

# One file a rendition, addressed by byte ranges in HLS and by its index (sidx) in DASH.
if begin demo-ranges 2; then
  small ranges 2 'byte ranges'
  mkdir -p titles/demo-ranges/v180 titles/demo-ranges/a48
  ffmpeg "${quiet[@]}" -i "$work/a48.aac" -c copy "${exact[@]}" "$work/a48.mp4"
  for r in v180:ranges.mp4:v a48:a48.mp4:a; do
    IFS=: read -r folder source kind <<<"$r"
    ffmpeg "${quiet[@]}" -i "$work/$source" -map "0:$kind" -c copy "${exact[@]}" -f hls -hls_time 2 -hls_playlist_type vod -hls_segment_type fmp4 \
      -hls_flags single_file -hls_segment_filename "titles/demo-ranges/$folder/media.mp4" "titles/demo-ranges/$folder/index.m3u8"
  done
  ffmpeg "${quiet[@]}" -i "$work/ranges.mp4" -i "$work/a48.mp4" -map 0:v -map 1:a -c copy "${exact[@]}" -f dash -seg_duration 2 -single_file 1 -global_sidx 1 \
    -dash_segment_type mp4 -use_template 0 -use_timeline 0 -single_file_name 'stream$RepresentationID$.mp4' titles/demo-ranges/manifest.mpd
  {
    echo '#EXTM3U'
    echo '#EXT-X-VERSION:7'
    echo '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Melody",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="a48/index.m3u8"'
    echo "#EXT-X-STREAM-INF:BANDWIDTH=140000,CODECS=\"avc1.4d401e,mp4a.40.2\",RESOLUTION=320x180,FRAME-RATE=$fps.000,AUDIO=\"sound\""
    echo 'v180/index.m3u8'
  } >titles/demo-ranges/master.m3u8
  card 'Three planets (byte ranges)' >titles/demo-ranges/title.json
fi

clock() { printf '%02d:%02d:%02d.000' $(($1 / 3600)) $(($1 / 60 % 60)) $(($1 % 60)); }

if begin demo-subtitles 2; then
  small sub 2 'subtitles'
  package_cmaf v180 "$work/sub.mp4" 90000
  package_cmaf a48 "$work/a48.aac" 48000
  cmaf_manifests a48 v180:320x180
  # English in segments of 8 s for HLS, the same cues as one file for DASH; a cue of a segment keeps the title's time.
  mkdir -p titles/demo-subtitles/en
  printf 'WEBVTT\n' >titles/demo-subtitles/en/all.vtt
  printf '#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:8\n#EXT-X-MEDIA-SEQUENCE:1\n#EXT-X-PLAYLIST-TYPE:VOD\n' >titles/demo-subtitles/en/index.m3u8
  for ((n = 0; n < seconds / 8; n++)); do
    name=$(printf 'seg_%05d.vtt' $((n + 1)))
    printf 'WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n' >"titles/demo-subtitles/en/$name"
    for ((s = n * 8; s < n * 8 + 8; s += 2)); do
      cue=$(printf '\n%s --> %s\nSecond %d' "$(clock "$s")" "$(clock $((s + 2)))" "$s")
      printf '%s\n' "$cue" | tee -a titles/demo-subtitles/en/all.vtt >>"titles/demo-subtitles/en/$name"
    done
    printf '#EXTINF:8.000000,\n%s\n' "$name" >>titles/demo-subtitles/en/index.m3u8
  done
  echo '#EXT-X-ENDLIST' >>titles/demo-subtitles/en/index.m3u8
  sed -i -e 's|^#EXT-X-STREAM-INF:.*|&,SUBTITLES="words"|' \
    -e '/^#EXT-X-MEDIA:/a #EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="words",NAME="English",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,URI="en/index.m3u8"' titles/demo-subtitles/master.m3u8
  sed -i '/<\/Period>/i \    <AdaptationSet id="3" contentType="text" mimeType="text/vtt" lang="en">\n      <Representation id="en" bandwidth="300">\n        <BaseURL>en/all.vtt</BaseURL>\n      </Representation>\n    </AdaptationSet>' \
    titles/demo-subtitles/manifest.mpd
  card 'Three planets (subtitles)' >titles/demo-subtitles/title.json
fi

if begin demo-audio 2; then
  for kbps in 64 48; do package_cmaf "a$kbps" "$work/a$kbps.aac" 48000; done
  cmaf_manifests a64
  media_playlist titles/demo-audio/a48 48000 1024 >titles/demo-audio/a48/index.m3u8
  {
    echo '#EXTM3U'
    echo '#EXT-X-VERSION:7'
    echo '#EXT-X-INDEPENDENT-SEGMENTS'
    for kbps in 64 48; do
      echo "#EXT-X-STREAM-INF:BANDWIDTH=$(peak_rate "titles/demo-audio/a$kbps"),AVERAGE-BANDWIDTH=$(mean_rate "titles/demo-audio/a$kbps"),CODECS=\"mp4a.40.2\""
      echo "a$kbps/index.m3u8"
    done
  } >titles/demo-audio/master.m3u8
  # No picture, no AdaptationSet for it.
  sed -i '/<AdaptationSet id="1"/,/<\/AdaptationSet>/d' titles/demo-audio/manifest.mpd
  card 'Three planets (audio only)' >titles/demo-audio/title.json
fi

du -sb titles/*

"""Broadcasts with Django Channels, as its documentation does: a consumer joins a group, the layer is Redis, and
group_send reaches all of them.

    REDIS_PORT=6379 daphne -b 127.0.0.1 -p 8000 peer:application
"""

import asyncio
import gc
import json
import os
import time

import django
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="only for a benchmark",
    INSTALLED_APPS=["channels"],
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            # The default capacity of 100 messages would lose most of a burst.
            "CONFIG": {"hosts": [("127.0.0.1", int(os.environ["REDIS_PORT"]))], "capacity": 1_000_000},
        }
    },
)
django.setup()


class Consumer(AsyncWebsocketConsumer):
    async def connect(self):
        await self.channel_layer.group_add("bench", self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard("bench", self.channel_name)

    async def bench_message(self, event):
        await self.send(text_data=event["text"])


sent = 0


async def publish(request):
    """POST /publish?m=200&hz=0 with {"b":"…"} sends m messages, back to back or hz a second."""
    global sent
    padding = json.loads(request.body)["b"]
    hz = float(request.GET.get("hz", 0))
    layer = get_channel_layer()
    start = time.monotonic()
    for i in range(int(request.GET["m"])):
        if hz:
            await asyncio.sleep(max(0, start + i / hz - time.monotonic()))
        sent += 1
        text = json.dumps({"n": sent, "t": time.time_ns(), "b": padding}, separators=(",", ":"))
        await layer.group_send("bench", {"type": "bench.message", "text": text})
    return HttpResponse()


async def collect(request):
    """POST /gc collects garbage."""
    gc.collect()
    return HttpResponse()


urlpatterns = [path("publish", publish), path("gc", collect)]
application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": URLRouter([path("ws", Consumer.as_asgi())]),
    }
)
